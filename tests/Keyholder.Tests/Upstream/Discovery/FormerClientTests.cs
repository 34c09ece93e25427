using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Vault;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Upstream.Revocation;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream.Discovery;

/// <summary>What a client obtained that another has replaced: refreshed and revoked in its name, for as long as its authorization server knows it.</summary>
public sealed class FormerClientTests : IAsyncLifetime
{
    private const string TokenEndpoint = RemoteServer.Issuer + "/token";
    private const string Registration = RemoteServer.Issuer + "/register";
    private const string FormerDocument = "https://keys.example/oauth/client.json";
    private static readonly CredentialKey Person1 = new(new CredentialOwner(CredentialOwnerKind.User, "person1"), "remote");
    private readonly Provider _provider = RemoteServer.Provider();
    private RemoteServer _remote = null!;
    private CredentialVault _vault = null!;

    public async ValueTask InitializeAsync()
    {
        _remote = await RemoteServer.StartAsync();
        _vault = new CredentialVault(_remote.Storage.Credentials, _remote.Storage.CredentialRefreshes, _remote.Storage.Audit, _remote.Sealer, _remote.Time, NullLogger<CredentialVault>.Instance);
    }

    public ValueTask DisposeAsync() => _remote.DisposeAsync();

    [Fact]
    public async Task A_registration_with_the_shared_redirect_URI_is_made_anew_and_loses_nothing_it_obtained()
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();

        var (started, _) = await _remote.Legs().StartAsync(_provider, RemoteServer.Callback, false, [], default);

        started!.RedirectTo.Query.ShouldContain("client_id=dyn-1");
        started.RedirectTo.Query.ShouldContain("redirect_uri=https%3A%2F%2Fkeys.example%2Fcallback%2Fremote");
        var asked = JsonNode.Parse(_remote.Requests.Single(r => r.Uri.AbsoluteUri == Registration).Body)!;
        asked["redirect_uris"]!.AsArray().Select(u => (string?)u).ShouldBe([RemoteServer.Callback]);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
        RefreshedAs("before-client", "before-secret");
        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.ShouldSatisfyAllConditions(
            c => c.Generation.ShouldBe(2),
            c => c.RedirectUri.ShouldBe(RemoteServer.Callback));
        (await _vault.FindAsync(Person1, default)).Tokens!.ClientId.ShouldBe("before-client", "the next refresh is the same client's again");
        _remote.CountOf(Registration).ShouldBe(1);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_server_that_registers_nobody_any_more_still_refreshes_what_it_issued(HttpStatusCode status)
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();
        _remote.On(Registration, _ => ScriptedHandler.Status(status));

        (await _remote.Legs().StartAsync(_provider, RemoteServer.Callback, false, [], default)).Leg.ShouldBeNull();
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);

        RefreshedAs("before-client", "before-secret");
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.ClientId.ShouldBe("before-client");
    }

    [Fact]
    public async Task Nodes_that_register_anew_at_once_agree_on_one_client_and_lose_nothing()
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();
        var nodes = Enumerable.Range(0, 8).Select(_ => _remote.NewNode()).ToList();

        var found = await Task.WhenAll(nodes.Select(n => Task.Run(() => n.Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default))));

        found.Select(f => f.Provider!.ClientId).Distinct().ShouldHaveSingleItem().ShouldStartWith("dyn-");
        (await _remote.Storage.UpstreamClients.FindAsync("remote", default))!.Generation.ShouldBe(2);
        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
        foreach (var node in nodes)
        {
            (await node.Providers.ResolveAsync(RemoteServer.Provider(), RemoteServer.Issuer, "before-client", default)).Provider!.ClientSecret.ShouldBe("before-secret");
        }
    }

    [Fact]
    public async Task A_former_client_whose_secret_has_ended_is_not_tried_and_says_why()
    {
        await RegisteredBeforeAsync(secretExpiresAt: _remote.Time.GetUtcNow().AddHours(1));
        await ConnectedBeforeAsync();
        await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default);
        _remote.Time.Advance(TimeSpan.FromHours(1));

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        (await StatusAsync()).ShouldBe((CredentialStatus.NeedsReauth, "upstream_client_changed"));
        _remote.CountOf(TokenEndpoint).ShouldBe(0);
    }

    [Fact]
    public async Task A_former_client_the_server_has_forgotten_asks_for_a_new_connection_and_costs_the_new_client_nothing()
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();
        RefuseClients();
        _remote.Time.Advance(TimeSpan.FromHours(1));

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        _remote.Time.Advance(UpstreamClientRegistrar.MinAge);
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        _remote.CountOf(TokenEndpoint).ShouldBe(2);
        _remote.Time.Advance(TimeSpan.FromMinutes(1));
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        (await StatusAsync()).ShouldBe((CredentialStatus.NeedsReauth, "upstream_client_changed"));
        _remote.Time.Advance(TimeSpan.FromHours(1));
        (await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default)).Provider!.ClientId.ShouldBe("dyn-1");
        _remote.CountOf(Registration).ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_refuses_a_former_client_for_a_moment_ends_nothing()
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();

        for (var round = 0; round < 2; round++)
        {
            var before = _remote.CountOf(TokenEndpoint);
            RefuseClients();
            _remote.Time.Advance(TimeSpan.FromHours(2));
            (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
            _remote.Time.Advance(TimeSpan.FromMinutes(1));
            (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
            (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
            _remote.CountOf(TokenEndpoint).ShouldBe(before + 1, "it is not asked again at once");

            AcceptClients();
            _remote.Time.Advance(UpstreamClientRegistrar.MinAge);
            (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available, "what it accepted since, it had not forgotten");
        }

        _remote.CountOf(Registration).ShouldBe(1);
    }

    [Theory]
    [InlineData(FormerDocument, true)]
    [InlineData("https://keys.example/oauth/client/remote.json", false)]
    public async Task A_server_that_could_not_fetch_a_former_document_for_a_moment_ends_nothing(string document, bool documents)
    {
        _remote.ServerMetadata["client_id_metadata_document_supported"] = documents;
        await ConnectedBeforeAsync(document);
        RefuseClients();

        for (var minute = 0; minute < 15; minute += 5)
        {
            (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
            _remote.Time.Advance(TimeSpan.FromMinutes(5));
        }

        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
        AcceptClients();
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
        _remote.Requests.Where(r => r.Uri.AbsoluteUri == TokenEndpoint).ShouldAllBe(r => r.Form["client_id"] == document);
    }

    [Fact]
    public async Task The_former_document_of_all_providers_refreshes_what_it_obtained()
    {
        _remote.ServerMetadata["client_id_metadata_document_supported"] = true;
        await ConnectedBeforeAsync(FormerDocument);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);

        var refresh = _remote.Requests.Single(r => r.Uri.AbsoluteUri == TokenEndpoint);
        refresh.Form["client_id"].ShouldBe(FormerDocument);
        refresh.Authorization.ShouldBeNull();
        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
        (await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default)).Provider!.ClientId.ShouldBe("https://keys.example/oauth/client/remote.json");
    }

    [Fact]
    public async Task The_document_of_another_provider_is_nobody_elses_client()
    {
        _remote.ServerMetadata["client_id_metadata_document_supported"] = true;
        await ConnectedBeforeAsync("https://keys.example/oauth/client/other.json");

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _remote.CountOf(TokenEndpoint).ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_begins_to_accept_documents_goes_on_refreshing_for_the_registered_client()
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();
        _remote.ServerMetadata["client_id_metadata_document_supported"] = true;

        (await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default)).Provider!.ClientId.ShouldBe("https://keys.example/oauth/client/remote.json");
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);

        RefreshedAs("before-client", "before-secret");
        _remote.CountOf(Registration).ShouldBe(0);
    }

    [Fact]
    public async Task A_former_client_that_does_not_open_is_an_outage_and_ends_nothing()
    {
        await RegisteredBeforeAsync(sealer: new EnvelopeSealer(VaultKeys.Ring(2)));
        await ConnectedBeforeAsync();
        await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
        _remote.CountOf(TokenEndpoint).ShouldBe(0);
    }

    [Fact]
    public async Task A_former_client_is_shown_to_no_other_authorization_server()
    {
        await RegisteredBeforeAsync();
        await ConnectedBeforeAsync();
        await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default);
        const string other = "https://other-as.example";
        _remote.ResourceMetadata["authorization_servers"] = new JsonArray(other);
        _remote.On(other + "/.well-known/oauth-authorization-server", _ => RemoteServer.Json(RemoteServer.MetadataOf(other)));
        _remote.On(other + "/register", _ => ScriptedHandler.Json("""{"client_id":"before-client"}""", HttpStatusCode.Created));
        _remote.Time.Advance(_remote.Options.MetadataLifetime);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _remote.Requests.Where(r => r.Uri.Host == "other-as.example").ShouldAllBe(r => !(r.Body + r.Authorization).Contains("before", StringComparison.Ordinal));
        _remote.CountOf(other + "/token").ShouldBe(0);
    }

    [Fact]
    public async Task Tokens_of_a_former_client_are_revoked_in_its_name()
    {
        _remote.ServerMetadata["revocation_endpoint"] = RemoteServer.Issuer + "/revoke";
        _remote.On(RemoteServer.Issuer + "/revoke", _ => ScriptedHandler.Status(HttpStatusCode.OK));
        await RegisteredBeforeAsync();
        var tokens = await ConnectedBeforeAsync();
        await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default);

        (await _remote.Client.Revocations.RevokeAsync(_provider, tokens, default)).Status.ShouldBe(UpstreamRevocationStatus.Done);

        _remote.Requests.Where(r => r.Uri.AbsoluteUri == RemoteServer.Issuer + "/revoke").ShouldAllBe(r => r.Authorization == Basic("before-client", "before-secret"));
    }

    [Fact]
    public async Task A_Keyholder_that_moved_registers_its_new_redirect_URI_and_loses_nothing()
    {
        await _remote.Client.Providers.ResolveFreshAsync(_provider, [], default);
        await ConnectedBeforeAsync("dyn-1");
        var moved = _remote.NewNode("https://new-keys.example");

        (await moved.Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Provider!.ClientId.ShouldBe("dyn-2");

        (await moved.Providers.ResolveAsync(RemoteServer.Provider(), RemoteServer.Issuer, "dyn-1", default)).Provider!.ClientSecret.ShouldBe("canary-secret");
        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null));
    }

    [Fact]
    public async Task Nodes_known_by_different_URLs_register_once_each_and_not_in_turns()
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var (home, clientId) in new[] { ("https://keys.example", "dyn-1"), ("https://new-keys.example", "dyn-2") })
            {
                (await _remote.NewNode(home).Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default)).Provider!.ClientId.ShouldBe(clientId);
            }
        }

        _remote.CountOf(Registration).ShouldBe(2);
    }

    [Fact]
    public async Task A_former_client_that_is_refused_is_not_taken_up_again_and_spares_the_current_one()
    {
        var node = _remote.NewNode();
        var first = await node.Providers.ResolveFreshAsync(_provider, [], default);
        await _remote.NewNode("https://new-keys.example").Providers.ResolveFreshAsync(RemoteServer.Provider(), [], default);
        await ConnectedBeforeAsync("dyn-2");
        node.Providers.Refuse(first.Provider!);
        _remote.Time.Advance(TimeSpan.FromMinutes(10));

        (await node.Providers.ResolveFreshAsync(_provider, [], default)).Provider!.ClientId.ShouldBe("dyn-3");

        (await StatusAsync()).ShouldBe((CredentialStatus.Active, null), "what the other client obtained is none of this one's business");
        (await node.Providers.ResolveAsync(_provider, RemoteServer.Issuer, "dyn-2", default)).Provider!.ClientId.ShouldBe("dyn-2");
    }

    private void RefuseClients() => _remote.On(TokenEndpoint, _ => ScriptedHandler.Json("""{"error":"invalid_client"}""", HttpStatusCode.Unauthorized));

    private void AcceptClients() => _remote.On(
        TokenEndpoint, _ => ScriptedHandler.Json("""{"access_token":"at","token_type":"Bearer","refresh_token":"rt","expires_in":3600}"""));

    /// <summary>The registration an earlier version made.</summary>
    private async Task RegisteredBeforeAsync(DateTimeOffset? secretExpiresAt = null, EnvelopeSealer? sealer = null)
    {
        var row = new StoredUpstreamClient
        {
            Provider = "remote",
            Issuer = RemoteServer.Issuer,
            Generation = 1,
            ClientId = "before-client",
            AuthMethod = "client_secret_basic",
            SecretExpiresAt = secretExpiresAt,
            CreatedAt = _remote.Time.GetUtcNow(),
        };
        var audit = Sample.Audit(_remote.Time.GetUtcNow(), AuditActions.UpstreamClientRegistered);
        (await _remote.Storage.UpstreamClients.PutAsync(new UpstreamClientSealer(sealer ?? _remote.Sealer).Seal(row, "before-secret"), keepsFormer: false, audit, default))
            .ShouldBe(Keyholder.Storage.UpstreamClientPutOutcome.Stored);
    }

    /// <summary>A credential whose access token has expired.</summary>
    private async Task<TokenSet> ConnectedBeforeAsync(string clientId = "before-client")
    {
        var tokens = new TokenSet
        {
            AccessToken = "at",
            TokenType = "Bearer",
            RefreshToken = "rt",
            ExpiresAt = _remote.Time.GetUtcNow(),
            Issuer = RemoteServer.Issuer,
            ClientId = clientId,
        };
        await _vault.StoreAsync(Person1, tokens, null, null, default);
        return tokens;
    }

    private void RefreshedAs(string clientId, string secret)
    {
        var refresh = _remote.Requests.Single(r => r.Uri.AbsoluteUri == TokenEndpoint);
        refresh.Form["grant_type"].ShouldBe("refresh_token");
        refresh.Authorization.ShouldBe(Basic(clientId, secret));
    }

    private static string Basic(string clientId, string secret) => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{clientId}:{secret}"));

    private async Task<(CredentialStatus Status, string? Reason)> StatusAsync()
    {
        var row = (await _remote.Storage.Credentials.FindAsync(Person1, default))!;
        return (row.Status, row.StatusReason);
    }

    private async Task<UpstreamAuthorization> AuthorizeAsync()
    {
        using var authorizer = new UpstreamAuthorizer(_vault, _remote.Storage.CredentialRefreshes, _remote.Storage.CredentialRefusals, _remote.Client, _remote.Options, _remote.Time, NullLogger<UpstreamAuthorizer>.Instance);
        var token = new AccessToken
        {
            Id = "jti",
            SessionId = SessionId.Create(),
            Subject = Subject.User("person1"),
            ClientId = "client",
            Audience = AuthorizerFixture.Resource.Uri,
            Scopes = [],
            IssuedAt = _remote.Time.GetUtcNow(),
            ExpiresAt = _remote.Time.GetUtcNow().AddMinutes(10),
            AuthenticatedAt = _remote.Time.GetUtcNow(),
        };
        return await authorizer.AuthorizeAsync(AuthorizerFixture.Resource with { Providers = [new ResourceProvider(_provider)] }, token, default);
    }
}
