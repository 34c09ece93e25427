using System.Net;
using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class CredentialsEndpointsTests
{
    private const string Path = "/api/credentials";

    [Fact]
    public async Task A_user_sees_and_deletes_their_own_and_an_administrator_all()
    {
        await using var host = await StartAsync();
        var (person1, person2) = (await host.AddUserAsync("person1"), await host.AddUserAsync("person2"));
        var own = await host.TokenAsync(person1, ApiResource.CredentialsScope);
        var admin = await host.AdminTokenAsync();
        var mine = await StoreAsync(host, new(CredentialOwnerKind.User, person1.Id));
        var lent = await StoreAsync(host, new(CredentialOwnerKind.Session, SessionId.Create().ToString()), binding: new(Subject.User(person1.Id), "client"));
        var theirs = await StoreAsync(host, new(CredentialOwnerKind.User, person2.Id));
        var shared = await StoreAsync(host, new(CredentialOwnerKind.Shared, "github"));

        (await host.GetAsync(Path, own)).Ids.ShouldBe([mine, lent], ignoreOrder: true);
        (await host.GetAsync(Path, admin)).Ids.ShouldBe([mine, lent, theirs, shared], ignoreOrder: true);
        (await host.GetAsync($"{Path}?user_id={person2.Id}", own)).Ids.ShouldBeEmpty();
        (await host.GetAsync($"{Path}?q=person2", own)).Ids.ShouldBeEmpty();
        foreach (var hidden in new[] { theirs, shared, Base64UrlText.Encode(new byte[16]), "x", mine + "A" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
            {
                var answer = await host.SendAsync(method, $"{Path}/{hidden}", own);
                (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.NotFound, "api.credential_unknown"));
            }
        }

        (await host.SendAsync(HttpMethod.Delete, $"{Path}/{mine}", own)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync(HttpMethod.Delete, $"{Path}/{mine}", own)).ErrorId.ShouldBe("api.credential_unknown");
        (await host.SendAsync(HttpMethod.Delete, $"{Path}/{theirs}", admin)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.GetAsync(Path, admin)).Ids.ShouldBe([lent, shared], ignoreOrder: true);
        var audited = await host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.CredentialDeleted, Limit = 9 }, default);
        audited.Select(entry => (entry.Event.Actor, entry.Event.Target, entry.Event.RemoteAddress)).ShouldBe(
        [
            ("admin_token:test", $"credential:user:{person2.Id}@github", "192.0.2.7"),
            ($"user:{person1.Id}", $"credential:user:{person1.Id}@github", "192.0.2.7"),
        ]);
    }

    [Fact]
    public async Task The_scope_for_credentials_opens_nothing_else_and_no_other_opens_them()
    {
        await using var host = await StartAsync();
        var user = await host.AddUserAsync("person1");
        var credentials = await host.TokenAsync(user, ApiResource.CredentialsScope);
        var sessions = await host.TokenAsync(user, ApiResource.SessionsScope);

        (await host.GetAsync(Path, sessions)).ErrorId.ShouldBe("api.scope_insufficient");
        (await host.GetAsync("/api/oauth2/sessions", credentials)).ErrorId.ShouldBe("api.scope_insufficient");
        (await host.GetAsync(Path + "/revocations", credentials)).ErrorId.ShouldBe("api.scope_insufficient");
        (await host.GetAsync(Path, credentials)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_credential_is_shown_without_any_secret_and_a_header_set_by_its_names()
    {
        await using var host = await StartAsync();
        var user = await host.AddUserAsync("person1");
        var owner = new CredentialOwner(CredentialOwnerKind.User, user.Id);
        await StoreAsync(host, owner);
        var headers = new HeaderSet { Values = new Dictionary<string, string> { ["x-api-key"] = "canary-header", ["x-account"] = "canary-too" } };
        var id = await StoreAsync(host, owner, "notion", headers);

        var answer = await host.GetAsync($"{Path}/{id}", await host.TokenAsync(user, ApiResource.CredentialsScope));

        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "id", "provider", "provider_name", "kind", "owner_kind", "owner", "owner_name", "account", "header_names", "status", "reason", "since", "next_action",
            "refused_by", "scopes_wanted_by", "can_reauth", "connecting", "expires_at", "created_at", "updated_at",
        ]);
        answer.Json.GetProperty("header_names").EnumerateArray().Select(name => name.GetString()).ShouldBe(["x-account", "x-api-key"]);
        (answer.Json.GetProperty("kind").GetString(), answer.Json.GetProperty("owner_name").GetString(), answer.Json.GetProperty("provider_name").GetString()).ShouldBe(("headers", "Name of person1", null));
        var list = await host.GetAsync(Path, await host.AdminTokenAsync());
        list.Ids.Count.ShouldBe(2);
        (answer.Body + list.Body + host.Server.Logs).ShouldNotContain("canary");
    }

    [Theory]
    [InlineData(CredentialStatus.Active, null, true)]
    [InlineData(CredentialStatus.NeedsReauth, "reconnect", true)]
    [InlineData(CredentialStatus.NeedsUpdate, "resubmit", true)]
    [InlineData(CredentialStatus.Orphaned, "restore_grant", false)]
    public async Task Whether_and_by_whom_it_can_be_repaired_is_said(CredentialStatus status, string? nextAction, bool canReauth)
    {
        await using var host = await StartAsync();
        var (person1, root) = (await host.AddUserAsync("person1"), await host.AddUserAsync("root", administrator: true));
        var owner = new CredentialOwner(CredentialOwnerKind.User, person1.Id);
        var id = await StoreAsync(host, owner);
        if (status != CredentialStatus.Active)
        {
            host.Server.Time.Advance(TimeSpan.FromMinutes(1));
            await host.Get<ICredentialStore>().MarkAsync(new(owner, "github"), 1, status, "invalid_grant", Storage.Contracts.Sample.Audit(host.Now, AuditActions.CredentialNeedsReauth), host.Now, default);
        }

        var own = (await host.GetAsync($"{Path}/{id}", await host.TokenAsync(person1, ApiResource.CredentialsScope))).Json;
        var others = (await host.GetAsync($"{Path}/{id}", await host.TokenAsync(root, ApiResource.AdminScope))).Json;

        (own.GetProperty("next_action").GetString(), own.GetProperty("can_reauth").GetBoolean()).ShouldBe((nextAction, canReauth));
        others.GetProperty("can_reauth").GetBoolean().ShouldBeFalse();
        (own.GetProperty("reason").GetString(), own.GetProperty("since").ValueKind == System.Text.Json.JsonValueKind.Null).ShouldBe(
            status == CredentialStatus.Active ? (null, true) : ("invalid_grant", false));
        if (status != CredentialStatus.Active)
        {
            own.GetProperty("since").GetDateTimeOffset().ShouldBe(host.Now);
        }
    }

    [Fact]
    public async Task The_resources_that_refuse_it_are_named_and_how_that_ends()
    {
        await using var host = await StartAsync();
        var person1 = await host.AddUserAsync("person1");
        var owner = new CredentialOwner(CredentialOwnerKind.User, person1.Id);
        var id = await StoreAsync(host, owner);
        var token = await host.TokenAsync(person1, ApiResource.CredentialsScope);
        (await host.GetAsync($"{Path}/{id}", token)).Json.GetProperty("refused_by").GetArrayLength().ShouldBe(0);
        var row = (await host.Get<ICredentialStore>().FindAsync(new(owner, "github"), default))!;
        foreach (var resource in new[] { "wiki", "tracker" })
        {
            (await host.Get<ICredentialRefusalStore>().RecordAsync(
                row, new(resource, "rejected_after_refresh", host.Now, host.Now.AddMinutes(10)), Storage.Contracts.Sample.Audit(host.Now, AuditActions.CredentialRefusedByResource), default))
                .ShouldBe(RefusalRecordOutcome.Recorded);
        }

        await host.Get<ICredentialRefusalStore>().DemandAsync(row, new("wiki", ["write", "admin"], host.Now), Storage.Contracts.Sample.Audit(host.Now, AuditActions.CredentialScopesDemanded), default);
        await host.Get<ICredentialRefusalStore>().DemandAsync(row, new("met", ["x"], host.Now), Storage.Contracts.Sample.Audit(host.Now, AuditActions.CredentialScopesDemanded), default);

        var document = (await host.GetAsync($"{Path}/{id}", token)).Json;

        (document.GetProperty("status").GetString(), document.GetProperty("next_action").GetString(), document.GetProperty("can_reauth").GetBoolean()).ShouldBe(("active", "reconnect", true));
        var refusals = document.GetProperty("refused_by").EnumerateArray().ToList();
        refusals.Select(refusal => refusal.GetProperty("resource").GetString()).ShouldBe(["tracker", "wiki"]);
        (refusals[0].GetProperty("reason").GetString(), refusals[0].GetProperty("since").GetDateTimeOffset(), refusals[0].GetProperty("retry_at").GetDateTimeOffset())
            .ShouldBe(("rejected_after_refresh", host.Now, host.Now.AddMinutes(10)));
        document.GetProperty("scopes_wanted_by").EnumerateArray().Select(demand => demand.GetProperty("resource").GetString()).ShouldBe(["met", "wiki"]);
        document.GetProperty("scopes_wanted_by")[1].GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(["write", "admin"]);

        await StoreAsync(host, owner);

        document = (await host.GetAsync($"{Path}/{id}", token)).Json;
        (document.GetProperty("refused_by").GetArrayLength(), document.GetProperty("scopes_wanted_by").GetArrayLength()).ShouldBe((0, 0));
        document.GetProperty("next_action").GetString().ShouldBeNull();
    }

    [Fact]
    public async Task One_of_a_key_is_repaired_by_administrators_who_are_people()
    {
        await using var host = await StartAsync();
        var root = await host.AddUserAsync("root", administrator: true);
        var (_, key, _) = await host.Get<VirtualKeyRegistry>().CreateAsync("agent", null, null, "system", new(null, null), default);
        await host.Get<GrantRegistry>().PutAsync(key.Id, new Grant("notes", null), "system", new(null, null));
        var id = await StoreAsync(host, new(CredentialOwnerKind.VirtualKey, key.Id));

        (await host.GetAsync($"{Path}/{id}", await host.TokenAsync(root, ApiResource.AdminScope))).Json.GetProperty("can_reauth").GetBoolean().ShouldBeTrue();
        (await host.GetAsync($"{Path}/{id}", await host.AdminTokenAsync())).Json.GetProperty("can_reauth").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_shared_one_is_repaired_by_administrators_who_are_people_and_one_without_provider_by_the_operator()
    {
        await using var host = await StartAsync();
        var root = await host.AddUserAsync("root", administrator: true);
        var shared = await StoreAsync(host, new(CredentialOwnerKind.Shared, "github"));
        var lost = await StoreAsync(host, new(CredentialOwnerKind.User, root.Id), "vanished");
        var token = await host.TokenAsync(root, ApiResource.AdminScope);

        (await host.GetAsync($"{Path}/{shared}", token)).Json.GetProperty("can_reauth").GetBoolean().ShouldBeTrue();
        (await host.GetAsync($"{Path}/{shared}", await host.AdminTokenAsync())).Json.GetProperty("can_reauth").GetBoolean().ShouldBeFalse();
        var document = (await host.GetAsync($"{Path}/{lost}", token)).Json;
        (document.GetProperty("next_action").GetString(), document.GetProperty("can_reauth").GetBoolean()).ShouldBe(("configure_provider", false));
    }

    [Fact]
    public async Task Filters_and_pages_narrow_the_list()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await StoreAsync(host, new(CredentialOwnerKind.User, "u" + i)));
            host.Server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await host.Get<IVirtualKeyStore>().AddAsync(Storage.Contracts.Sample.VirtualKey("agent", host.Now) with { Id = "vk1" }, Storage.Contracts.Sample.Audit(host.Now, AuditActions.VirtualKeyCreated), default);
        var key = await StoreAsync(host, new(CredentialOwnerKind.VirtualKey, "vk1"), "gitlab");
        ids.Insert(0, key);

        (await host.PagesAsync(Path + "?limit=4", admin)).SelectMany(page => page).ShouldBe(ids);
        (await host.GetAsync(Path + "?provider=gitlab", admin)).Ids.ShouldBe([key]);
        (await host.GetAsync(Path + "?owner_kind=vk&virtual_key_id=vk1&status=orphaned&kind=oauth", admin)).Ids.ShouldBe([key]);
        (await host.GetAsync(Path + "?user_id=u3", admin)).Ids.ShouldBe([ids[2]]);
        (await host.GetAsync(Path + "?resource=notes&user_id=u3", admin)).Ids.ShouldBe([ids[2]]);
        (await host.GetAsync(Path + "?resource=notes&provider=gitlab", admin)).Ids.ShouldBeEmpty();
        (await host.GetAsync(Path + "?q=Git%20Hub&limit=1", admin)).Ids.ShouldBe([ids[1]]);
    }

    [Theory]
    [InlineData("status=Active")]
    [InlineData("kind=token")]
    [InlineData("owner_kind=admin")]
    [InlineData("user_id=a&virtual_key_id=b")]
    [InlineData("resource=nothing")]
    [InlineData("limit=0")]
    [InlineData("cursor=x")]
    [InlineData("secret=1")]
    public async Task A_parameter_that_is_not_understood_is_400(string query)
    {
        await using var host = await StartAsync();

        (await host.GetAsync($"{Path}?{query}", await host.AdminTokenAsync())).ErrorId.ShouldBe("api.parameter_invalid");
    }

    [Fact]
    public async Task What_becomes_of_deleted_tokens_is_shown_to_administrators()
    {
        await using var host = await StartAsync();
        var admin = await host.AdminTokenAsync();
        var id = await StoreAsync(host, new(CredentialOwnerKind.User, "u1"));
        await host.SendAsync(HttpMethod.Delete, $"{Path}/{id}", admin);

        var answer = await host.GetAsync(Path + "/revocations?status=pending", admin);

        var revocation = answer.Json.GetProperty("revocations")[0];
        revocation.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "provider", "owner", "cause", "status", "reason", "attempts", "due_at", "created_at", "finished_at"]);
        (revocation.GetProperty("id").GetString(), revocation.GetProperty("cause").GetString()).ShouldBe((id, "deleted"));
        answer.Body.ShouldNotContain("canary");
        (await host.GetAsync(Path + "/revocations?status=failed", admin)).Ids.ShouldBeEmpty();
        (await host.GetAsync(Path + "/revocations?status=open", admin)).ErrorId.ShouldBe("api.parameter_invalid");
    }

    [Fact]
    public async Task A_deletion_on_one_node_is_forgotten_by_every_node()
    {
        await using var host = await StartAsync();
        var owner = new CredentialOwner(CredentialOwnerKind.User, "u1");
        await StoreAsync(host, owner);
        var forgotten = new System.Collections.Concurrent.ConcurrentQueue<CredentialKey>();
        host.Get<CredentialVault>().Changed += forgotten.Enqueue;
        var listing = (await host.Get<ICredentialDirectory>().ListAsync(new() { Limit = 1 }, host.Now, default)).Single();

        // As another node, or the command line, does it: nobody tells this one but the log.
        (await host.Get<ICredentialDirectory>().DeleteAsync(listing.Credential, Storage.Contracts.Sample.Audit(host.Now, AuditActions.CredentialDeleted), host.Now)).ShouldBeTrue();
        await host.Get<Keyholder.Revocation.RevocationFeed>().PollAsync(default);

        forgotten.ShouldContain(new CredentialKey(owner, "github"));
    }

    private static Task<ApiHost> StartAsync()
    {
        var issuer = KeyholderConfiguration.Default.Issuer;
        var provider = Keyholder.Tests.Upstream.Providers.OAuth2() with { DisplayName = "Git Hub" };
        var resource = Keyholder.Tests.Revocation.RevocationFixture.Resource with { Uri = issuer.At("/mcp/notes"), Providers = [new ResourceProvider(provider)] };
        return ApiHost.StartAsync(configure: configuration => configuration with
        {
            Resources = new ResourceSnapshot([resource], [provider]),
            Upstream = new() { RevocationInterval = TimeSpan.FromHours(1) },
        });
    }

    private static async Task<string> StoreAsync(ApiHost host, CredentialOwner owner, string provider = "github", CredentialSecret? secret = null, CredentialBinding? binding = null)
    {
        var key = new CredentialKey(owner, provider);
        secret ??= new TokenSet { AccessToken = "canary-access", TokenType = "Bearer", RefreshToken = "canary-refresh", ExpiresAt = host.Now.AddHours(1) };
        await host.Get<CredentialVault>().StoreAsync(key, secret, "4711", binding, default);
        return Base64UrlText.Encode((await host.Get<ICredentialStore>().FindAsync(key, default))!.RowId);
    }
}
