using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.Resources;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Upstream.Discovery;

public sealed class ProviderResolverTests : IAsyncLifetime
{
    private RemoteServer _remote = null!;

    public async ValueTask InitializeAsync() => _remote = await RemoteServer.StartAsync();

    public ValueTask DisposeAsync() => _remote.DisposeAsync();

    [Fact]
    public async Task A_URL_is_all_that_is_needed()
    {
        var found = await FreshAsync();

        found.Provider!.Issuer.ShouldBe(RemoteServer.Issuer);
        found.Provider.ClientId.ShouldBe("dyn-1");
        found.Provider.ClientSecret.ShouldBe("canary-secret");
        found.Provider.ClientAuthMethod.ShouldBe("client_secret_basic");
        found.Provider.Scopes.ShouldBe(["read"]);
        found.Provider.ResourceParameter.ShouldBe(RemoteServer.Url);
        found.Metadata!.TokenEndpoint.ShouldBe(new Uri(RemoteServer.Issuer + "/token"));
        _remote.Trusted.Requests.ShouldAllBe(r => r.Uri.Host == "mcp.remote.example");
        _remote.Guarded.Requests.ShouldAllBe(r => r.Uri.Host == "as.remote.example");
        _remote.Requests.ShouldAllBe(r => r.Authorization == null);
    }

    [Theory]
    [InlineData("https://mcp.remote.example/.well-known/oauth-protected-resource/mcp")]
    [InlineData("https://mcp.remote.example/.well-known/oauth-protected-resource")]
    public async Task A_server_that_does_not_say_where_its_metadata_is_is_asked_at_the_well_known_places(string place)
    {
        _remote.On(RemoteServer.Url, _ => ScriptedHandler.Status(HttpStatusCode.OK));
        _remote.On("https://mcp.remote.example/.well-known/oauth-protected-resource/mcp", _ => ScriptedHandler.Status(HttpStatusCode.NotFound));
        _remote.On(place, _ => RemoteServer.Json(_remote.ResourceMetadata));

        (await FreshAsync()).Provider!.Scopes.ShouldBe(["read", "write"]);
    }

    [Theory]
    [InlineData("https://as.remote.example/tenant/1", "https://as.remote.example/.well-known/oauth-authorization-server/tenant/1")]
    [InlineData("https://as.remote.example/tenant/1", "https://as.remote.example/.well-known/openid-configuration/tenant/1")]
    [InlineData("https://as.remote.example/tenant/1", "https://as.remote.example/tenant/1/.well-known/openid-configuration")]
    [InlineData("https://as.remote.example", "https://as.remote.example/.well-known/openid-configuration")]
    public async Task The_authorization_server_is_asked_at_every_form_in_use(string issuer, string place)
    {
        _remote.ResourceMetadata["authorization_servers"] = new JsonArray(issuer);
        _remote.On(RemoteServer.Issuer + "/.well-known/oauth-authorization-server", _ => ScriptedHandler.Status(HttpStatusCode.NotFound));
        var metadata = RemoteServer.MetadataOf(issuer);
        metadata["registration_endpoint"] = RemoteServer.Issuer + "/register";
        _remote.On(place, _ => RemoteServer.Json(metadata));

        (await FreshAsync()).Provider!.Issuer.ShouldBe(issuer);
    }

    [Fact]
    public async Task Metadata_of_another_issuer_ends_the_search()
    {
        _remote.ServerMetadata["issuer"] = "https://evil.example";

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(0);
    }

    [Theory]
    [InlineData("https://honest.example/authorize", false, null, false)]
    [InlineData("https://as.remote.example:8443/authorize", false, null, false)]
    [InlineData("https://AS.remote.example:443/elsewhere", false, null, true)]
    [InlineData("https://honest.example/authorize", true, null, true)]
    [InlineData("https://honest.example/authorize", false, RemoteServer.Issuer, true)]
    public async Task Endpoints_of_two_origins_are_used_only_where_answers_name_the_issuer_or_the_operator_does(string endpoint, bool named, string? pinned, bool allowed)
    {
        _remote.ServerMetadata["authorization_endpoint"] = endpoint;
        _remote.ServerMetadata["authorization_response_iss_parameter_supported"] = named;

        (await FreshAsync(new() { Issuer = pinned })).Outcome.ShouldBe(allowed ? LegOutcome.Succeeded : LegOutcome.Rejected);
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(allowed ? 1 : 0);
    }

    [Fact]
    public async Task Metadata_about_another_resource_ends_the_search()
    {
        _remote.ResourceMetadata["resource"] = "https://evil.example/mcp";

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
        _remote.Guarded.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://as.remote.example")]
    [InlineData("ftp://as.remote.example")]
    [InlineData("https://user@as.remote.example")]
    [InlineData("not a url")]
    public async Task An_authorization_server_that_is_not_plain_https_is_not_asked(string issuer)
    {
        _remote.ResourceMetadata["authorization_servers"] = new JsonArray(issuer);

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
        _remote.Guarded.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("registration_endpoint")]
    [InlineData("token_endpoint")]
    [InlineData("authorization_endpoint")]
    public async Task A_learned_endpoint_is_never_plain_http(string name)
    {
        _remote.ServerMetadata[name] = "http://as.remote.example/x";

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task Private_addresses_and_plain_http_are_for_whoever_allows_them()
    {
        _remote.ResourceMetadata["authorization_servers"] = new JsonArray("http://localhost:9000");
        _remote.ResourceMetadata["resource"] = "https://mcp.remote.example/mcp";
        _remote.On("http://localhost:9000/.well-known/oauth-authorization-server", _ => RemoteServer.Json(RemoteServer.MetadataOf("http://localhost:9000")));
        _remote.On("http://localhost:9000/register", _ => ScriptedHandler.Json("""{"client_id":"c"}""", HttpStatusCode.Created));

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
        (await FreshAsync(new() { AllowPrivateAddresses = true })).Provider!.ClientId.ShouldBe("c");
        _remote.Guarded.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Metadata_that_the_upstream_places_elsewhere_goes_through_the_guard()
    {
        _remote.On(RemoteServer.Url, _ => RemoteServer.Challenge("""Bearer resource_metadata="https://169.254.169.254/latest" """));

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
        _remote.Trusted.Requests.ShouldAllBe(r => r.Uri.Host == "mcp.remote.example");
        _remote.Guarded.Requests.ShouldHaveSingleItem().Uri.Host.ShouldBe("169.254.169.254");
    }

    [Theory]
    [InlineData("https://as.remote.example", true)]
    [InlineData("https://as.remote.example/", false)]
    [InlineData("https://other.example", false)]
    public async Task A_pinned_issuer_is_the_only_one(string issuer, bool allowed) =>
        ((await FreshAsync(new() { Issuer = issuer })).Outcome == LegOutcome.Succeeded).ShouldBe(allowed);

    [Fact]
    public async Task A_server_that_accepts_metadata_documents_is_shown_ours_and_nothing_is_registered()
    {
        _remote.ServerMetadata["client_id_metadata_document_supported"] = true;

        var found = await FreshAsync();

        found.Provider!.ClientId.ShouldBe("https://keys.example/oauth/client/remote.json");
        found.Provider.ClientSecret.ShouldBeNull();
        found.Provider.ClientAuthMethod.ShouldBe("none");
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(0);
    }

    [Fact]
    public async Task A_document_nobody_can_fetch_or_that_could_not_authenticate_is_not_offered()
    {
        _remote.ServerMetadata["client_id_metadata_document_supported"] = true;
        (await _remote.NewNode("http://localhost:5000").Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Provider!.ClientId.ShouldBe("dyn-1");

        _remote.Time.Advance(TimeSpan.FromHours(2));
        _remote.ServerMetadata["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic");
        (await FreshAsync()).Provider!.ClientId.ShouldBe("dyn-2", "the first is for another redirect URI");
    }

    [Fact]
    public async Task A_client_that_is_configured_is_used_as_it_is()
    {
        var found = await FreshAsync(new() { Issuer = RemoteServer.Issuer, ClientId = "mine", ClientSecret = "s", ClientAuthMethod = "client_secret_post", Scopes = ["x"] });

        found.Provider!.ClientId.ShouldBe("mine");
        found.Provider.ClientSecret.ShouldBe("s");
        found.Provider.ClientAuthMethod.ShouldBe("client_secret_post");
        found.Provider.Scopes.ShouldBe(["x"]);
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_lets_nobody_in_is_rejected()
    {
        _remote.ServerMetadata.Remove("registration_endpoint");

        var found = await FreshAsync();

        found.Outcome.ShouldBe(LegOutcome.Rejected);
        found.Debug!.ShouldContain("client id");
    }

    [Fact]
    public async Task Refresh_tokens_are_asked_for_where_that_takes_a_scope()
    {
        _remote.ServerMetadata["scopes_supported"] = new JsonArray("read", "offline_access");

        (await FreshAsync()).Provider!.Scopes.ShouldBe(["read", "offline_access"]);
    }

    [Fact]
    public async Task Nothing_is_asked_for_when_nobody_says_what()
    {
        _remote.ServerMetadata["scopes_supported"] = new JsonArray("offline_access");
        _remote.ResourceMetadata.Remove("scopes_supported");
        _remote.On(RemoteServer.Url, _ => RemoteServer.Challenge("Bearer"));

        (await FreshAsync()).Provider!.Scopes.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_resource_parameter_can_be_left_out() =>
        (await FreshAsync(new() { OmitResource = true })).Provider!.ResourceParameter.ShouldBeNull();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_of_the_first_generation_is_its_own_authorization_server(bool metadata)
    {
        const string origin = "https://mcp.remote.example";
        _remote.On(RemoteServer.Url, _ => ScriptedHandler.Status(HttpStatusCode.Unauthorized));
        _remote.On(origin + "/.well-known/oauth-protected-resource/mcp", _ => ScriptedHandler.Status(HttpStatusCode.NotFound));
        _remote.On(origin + "/register", _ => ScriptedHandler.Json("""{"client_id":"old","client_secret":"s"}""", HttpStatusCode.Created));
        if (metadata)
        {
            _remote.On(origin + "/.well-known/oauth-authorization-server", _ => RemoteServer.Json(RemoteServer.MetadataOf(origin)));
        }

        var found = await FreshAsync();

        found.Provider!.ClientId.ShouldBe("old");
        found.Provider.ResourceParameter.ShouldBeNull();
        found.Metadata!.AuthorizationEndpoint.ShouldBe(new Uri(origin + "/authorize"));
        found.Metadata.TokenEndpoint.ShouldBe(new Uri(origin + "/token"));
    }

    [Fact]
    public async Task A_server_with_metadata_of_its_own_never_falls_back_to_fixed_paths()
    {
        _remote.On(RemoteServer.Issuer + "/.well-known/oauth-authorization-server", _ => ScriptedHandler.Status(HttpStatusCode.NotFound));

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task A_hundred_callers_discover_and_register_once()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _remote.Client.Providers.ResolveAsync(RemoteServer.Provider(), null, null, default)));

        found.ShouldAllBe(f => f.Provider!.ClientId == "dyn-1");
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(1);
    }

    [Fact]
    public async Task Nodes_that_register_at_once_agree_on_one_client()
    {
        var nodes = Enumerable.Range(0, 8).Select(_ => _remote.NewNode()).ToList();

        var found = await Task.WhenAll(nodes.Select(n => Task.Run(() => n.Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default))));

        found.Select(f => f.Provider!.ClientId).Distinct().ShouldHaveSingleItem();
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.Generation.ShouldBe(1);
    }

    [Fact]
    public async Task A_registration_outlives_the_process_and_its_secret_is_sealed()
    {
        await FreshAsync();

        (await _remote.NewNode().Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Provider!.ClientSecret.ShouldBe("canary-secret");
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(1);
        JsonSerializer.Serialize(await _remote.Storage.UpstreamClients.FindAsync("remote", default)).ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_registration_copied_from_another_provider_is_not_believed()
    {
        await FreshAsync();
        var row = (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!;
        await _remote.Storage.UpstreamClients.PutAsync(
            row with { Generation = 2, ClientId = "stolen" }, keepsFormer: false, Storage.Contracts.Sample.Audit(_remote.Time.GetUtcNow(), "x"), default);

        (await _remote.NewNode().Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Outcome.ShouldBe(LegOutcome.Unavailable);
    }

    [Fact]
    public async Task A_registration_that_does_not_open_is_kept_and_no_other_takes_its_place()
    {
        await FreshAsync();
        var row = (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!;
        var strange = _remote.NewNode(sealer: new EnvelopeSealer(VaultKeys.Ring(2)));

        (await strange.Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Outcome.ShouldBe(LegOutcome.Unavailable);

        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(1);
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.Generation.ShouldBe(row.Generation);
        (await _remote.NewNode().Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Provider!.ClientSecret.ShouldBe("canary-secret");
    }

    [Fact]
    public async Task Another_authorization_server_is_another_registration()
    {
        await FreshAsync();
        MoveTo("https://new.example");

        var found = await FreshAsync();

        found.Provider!.Issuer.ShouldBe("https://new.example");
        found.Provider.ClientId.ShouldBe("new-client");
        _remote.Requests.Where(r => r.Uri.Host == "new.example").ShouldAllBe(r => !(r.Uri + r.Body + r.Authorization).Contains("dyn-1", StringComparison.Ordinal));
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.Generation.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_found_is_used_until_it_is_old_or_does_not_fit()
    {
        var first = await _remote.Client.Providers.ResolveAsync(RemoteServer.Provider(), null, null, default);
        var provider = RemoteServer.Provider();
        await _remote.Client.Providers.ResolveAsync(provider, null, null, default);
        var asked = _remote.CountOf(RemoteServer.Url);

        await _remote.Client.Providers.ResolveAsync(provider, RemoteServer.Issuer, first.Provider!.ClientId, default);
        _remote.CountOf(RemoteServer.Url).ShouldBe(asked);

        _remote.Time.Advance(TimeSpan.FromSeconds(6));
        await _remote.Client.Providers.ResolveAsync(provider, "https://other.example", null, default);
        _remote.CountOf(RemoteServer.Url).ShouldBe(asked + 1);

        await _remote.Client.Providers.ResolveAsync(provider, "https://other.example", null, default);
        _remote.CountOf(RemoteServer.Url).ShouldBe(asked + 1);

        _remote.Time.Advance(_remote.Options.MetadataLifetime);
        await _remote.Client.Providers.ResolveAsync(provider, RemoteServer.Issuer, null, default);
        _remote.CountOf(RemoteServer.Url).ShouldBe(asked + 2);
    }

    [Theory]
    [InlineData(503, LegOutcome.Unavailable)]
    [InlineData(429, LegOutcome.Unavailable)]
    [InlineData(400, LegOutcome.Rejected)]
    [InlineData(200, LegOutcome.Rejected)]
    public async Task A_registration_that_fails_is_told_apart_and_tried_again(int status, LegOutcome outcome)
    {
        _remote.On(RemoteServer.Issuer + "/register", _ => ScriptedHandler.Json("""{"error":"no"}""", (HttpStatusCode)status));
        (await FreshAsync()).Outcome.ShouldBe(outcome);
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default)).ShouldBeNull();

        _remote.On(RemoteServer.Issuer + "/register", _ => ScriptedHandler.Json("""{"client_id":"c"}""", HttpStatusCode.Created));
        (await FreshAsync()).Provider!.ClientId.ShouldBe("c");
    }

    [Fact]
    public async Task An_upstream_that_is_down_is_unavailable_and_not_unusable()
    {
        _remote.On(RemoteServer.Url, _ => throw new HttpRequestException("down"));

        (await FreshAsync()).Outcome.ShouldBe(LegOutcome.Unavailable);
    }

    [Fact]
    public async Task An_upstream_that_went_down_does_not_hide_its_authorization_server()
    {
        var provider = RemoteServer.Provider();
        var before = await _remote.Client.Providers.ResolveFreshAsync(provider, [], default);
        _remote.On(RemoteServer.Url, _ => throw new HttpRequestException("down"));

        (await _remote.Client.Providers.ResolveFreshAsync(provider, [], default)).ShouldBeSameAs(before);
        (await _remote.Client.Providers.ResolveAsync(provider, RemoteServer.Issuer, "dyn-1", default)).ShouldBeSameAs(before);

        _remote.Time.Advance(_remote.Options.MetadataLifetime);
        (await _remote.Client.Providers.ResolveFreshAsync(provider, [], default)).Outcome.ShouldBe(LegOutcome.Unavailable);
    }

    [Fact]
    public async Task A_secret_that_ends_is_replaced_before_it_does()
    {
        var end = _remote.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var registrations = 0;
        _remote.On(RemoteServer.Issuer + "/register", _ => ScriptedHandler.Json(
            $$"""{"client_id":"c{{++registrations}}","client_secret":"s","client_secret_expires_at":{{end}}}""", HttpStatusCode.Created));
        (await FreshAsync()).Provider!.ClientId.ShouldBe("c1");
        _remote.Time.Advance(TimeSpan.FromMinutes(56));

        (await FreshAsync()).Provider!.ClientId.ShouldBe("c2");
    }

    [Fact]
    public async Task A_client_the_server_no_longer_knows_is_registered_anew_but_not_again_and_again()
    {
        var first = await FreshAsync();
        _remote.Client.Providers.Refuse(first.Provider!);
        (await FreshAsync()).Provider!.ClientId.ShouldBe("dyn-1");

        _remote.Time.Advance(TimeSpan.FromMinutes(10));
        (await FreshAsync()).Provider!.ClientId.ShouldBe("dyn-2");
        (await FreshAsync()).Provider!.ClientId.ShouldBe("dyn-2");
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.Generation.ShouldBe(2);
    }

    private Task<ResolvedProvider> FreshAsync(DiscoveryDefinition? discovery = null) =>
        _remote.Client.Providers.ResolveFreshAsync(RemoteServer.Provider(discovery), [], default);

    private void MoveTo(string issuer)
    {
        _remote.ResourceMetadata["authorization_servers"] = new JsonArray(issuer);
        _remote.On(issuer + "/.well-known/oauth-authorization-server", _ => RemoteServer.Json(RemoteServer.MetadataOf(issuer)));
        _remote.On(issuer + "/register", _ => ScriptedHandler.Json("""{"client_id":"new-client"}""", HttpStatusCode.Created));
    }
}
