using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream.Discovery;

/// <summary>Legs and refreshes of a provider found by discovery, and who must never see what.</summary>
public sealed class DiscoveredCredentialTests : IAsyncLifetime
{
    private const string Other = "https://other-as.example";
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
    public async Task A_leg_asks_for_what_was_found_and_its_tokens_say_where_they_are_from()
    {
        var (started, _) = await _remote.Legs().StartAsync(_provider, RemoteServer.Callback, false, [], default);
        started!.RedirectTo.GetLeftPart(UriPartial.Path).ShouldBe(RemoteServer.Issuer + "/authorize");
        started.RedirectTo.Query.ShouldContain("client_id=dyn-1");
        started.RedirectTo.Query.ShouldContain("scope=read");
        started.RedirectTo.Query.ShouldContain("resource=https%3A%2F%2Fmcp.remote.example%2Fmcp");

        var leg = await CompleteAsync(started, _remote.Legs());

        leg.Tokens!.Issuer.ShouldBe(RemoteServer.Issuer);
        leg.Tokens.ClientId.ShouldBe("dyn-1");
        TokenRequests(RemoteServer.Issuer).Single().Form["resource"].ShouldBe(RemoteServer.Url);
    }

    [Fact]
    public async Task A_leg_begun_on_one_node_ends_on_another()
    {
        var (started, _) = await _remote.Legs().StartAsync(_provider, RemoteServer.Callback, false, [], default);

        (await CompleteAsync(started!, _remote.Legs(_remote.NewNode()))).Outcome.ShouldBe(LegOutcome.Succeeded);
        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(1);
    }

    [Fact]
    public async Task A_code_is_not_taken_to_an_authorization_server_that_took_over_meanwhile()
    {
        var legs = _remote.Legs();
        var (started, _) = await legs.StartAsync(_provider, RemoteServer.Callback, false, [], default);
        MoveTo(Other);
        _remote.Time.Advance(_remote.Options.MetadataLifetime);

        (await CompleteAsync(started!, legs)).Outcome.ShouldBe(LegOutcome.Rejected);
        TokenRequests(Other).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://as.remote.example/")]
    [InlineData("https://evil.example")]
    public async Task An_answer_that_does_not_name_the_issuer_found_redeems_no_code(string? issuer)
    {
        _remote.ServerMetadata["authorization_response_iss_parameter_supported"] = true;
        var legs = _remote.Legs();
        var (started, _) = await legs.StartAsync(_provider, RemoteServer.Callback, false, [], default);

        (await CompleteAsync(started!, legs, issuer)).Outcome.ShouldBe(LegOutcome.MixedUp);
        TokenRequests(RemoteServer.Issuer).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://honest.example")]
    public async Task A_promise_to_name_the_issuer_cannot_be_taken_back_while_a_person_is_away(string? issuer)
    {
        _remote.ServerMetadata["authorization_endpoint"] = "https://honest.example/authorize";
        _remote.ServerMetadata["authorization_response_iss_parameter_supported"] = true;
        var (started, _) = await _remote.Legs().StartAsync(_provider, RemoteServer.Callback, false, [], default);
        _remote.ServerMetadata = RemoteServer.MetadataOf(RemoteServer.Issuer);

        (await CompleteAsync(started!, _remote.Legs(_remote.NewNode()), issuer)).Outcome.ShouldBe(LegOutcome.MixedUp);
        TokenRequests(RemoteServer.Issuer).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_code_goes_to_no_token_endpoint_but_the_one_known_when_the_person_left()
    {
        var (started, _) = await _remote.Legs().StartAsync(_provider, RemoteServer.Callback, false, [], default);
        _remote.ServerMetadata["token_endpoint"] = RemoteServer.Issuer + "/other/token";

        (await CompleteAsync(started!, _remote.Legs(_remote.NewNode()))).Outcome.ShouldBe(LegOutcome.Rejected);
        TokenRequests(RemoteServer.Issuer + "/other").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refresh_uses_the_client_the_token_was_issued_to()
    {
        await ConnectAsync();
        _remote.Time.Advance(TimeSpan.FromHours(2));

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);

        var refresh = TokenRequests(RemoteServer.Issuer)[^1];
        refresh.Form["grant_type"].ShouldBe("refresh_token");
        refresh.Form["resource"].ShouldBe(RemoteServer.Url);
        refresh.Authorization!.ShouldStartWith("Basic ");
    }

    [Fact]
    public async Task A_refresh_token_is_never_shown_to_another_authorization_server()
    {
        await ConnectAsync();
        MoveTo(Other);
        _remote.Time.Advance(TimeSpan.FromHours(2));

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        TokenRequests(Other).ShouldBeEmpty();
        var row = (await _remote.Storage.Credentials.FindAsync(Person1, default))!;
        row.Status.ShouldBe(CredentialStatus.NeedsReauth);
        row.StatusReason.ShouldBe("upstream_client_changed");
    }

    [Fact]
    public async Task A_client_that_was_forgotten_is_registered_anew_and_people_connect_again()
    {
        await ConnectAsync();
        _remote.Time.Advance(TimeSpan.FromHours(2));
        _remote.On(RemoteServer.Issuer + "/token", _ => ScriptedHandler.Json("""{"error":"invalid_client"}""", HttpStatusCode.Unauthorized));

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        _remote.Time.Advance(TimeSpan.FromMinutes(1));
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(2);
        _remote.On(RemoteServer.Issuer + "/token", _ => ScriptedHandler.Json("""{"access_token":"at2","refresh_token":"rt2"}"""));
        (await ConnectAsync()).Tokens!.ClientId.ShouldBe("dyn-2");
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("public-client")]
    public async Task An_upstream_that_knows_no_path_for_a_while_ends_no_credential(string? clientId)
    {
        var provider = RemoteServer.Provider(clientId is null ? null : new() { ClientId = clientId });
        await ConnectAsync(provider);
        _remote.Time.Advance(TimeSpan.FromHours(2));
        _remote.On(RemoteServer.Url, _ => ScriptedHandler.Status(HttpStatusCode.NotFound));
        _remote.On("https://mcp.remote.example/.well-known/oauth-protected-resource/mcp", _ => ScriptedHandler.Status(HttpStatusCode.NotFound));
        _remote.On("https://mcp.remote.example/register", _ => ScriptedHandler.Json("""{"client_id":"other"}""", HttpStatusCode.Created));

        await _remote.Legs().StartAsync(provider, RemoteServer.Callback, false, [], default);
        (await AuthorizeAsync(provider)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        (await _remote.Storage.Credentials.FindAsync(Person1, default))!.Status.ShouldBe(CredentialStatus.Active);
        _remote.CountOf("https://mcp.remote.example/register").ShouldBe(0);
        TokenRequests("https://mcp.remote.example").ShouldBeEmpty();

        _remote.On(RemoteServer.Url, _ => RemoteServer.Challenge("Bearer"));
        _remote.On("https://mcp.remote.example/.well-known/oauth-protected-resource/mcp", _ => RemoteServer.Json(_remote.ResourceMetadata));
        _remote.Time.Advance(TimeSpan.FromMinutes(1));
        (await AuthorizeAsync(provider)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.Available);
    }

    [Fact]
    public async Task Another_failure_of_the_token_endpoint_costs_no_registration()
    {
        await ConnectAsync();
        _remote.Time.Advance(TimeSpan.FromHours(2));
        _remote.On(RemoteServer.Issuer + "/token", _ => ScriptedHandler.Status(HttpStatusCode.Unauthorized));

        await AuthorizeAsync();
        _remote.Time.Advance(TimeSpan.FromMinutes(1));
        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        _remote.CountOf(RemoteServer.Issuer + "/register").ShouldBe(1);
    }

    private void MoveTo(string issuer)
    {
        _remote.ResourceMetadata["authorization_servers"] = new JsonArray(issuer);
        _remote.On(issuer + "/.well-known/oauth-authorization-server", _ => RemoteServer.Json(RemoteServer.MetadataOf(issuer)));
        _remote.On(issuer + "/register", _ => ScriptedHandler.Json("""{"client_id":"other-client"}""", HttpStatusCode.Created));
    }

    private List<ScriptedRequest> TokenRequests(string issuer) => [.. _remote.Requests.Where(r => r.Uri.AbsoluteUri == issuer + "/token")];

    private async Task<CompletedLeg> ConnectAsync(Provider? provider = null)
    {
        var legs = _remote.Legs();
        var (started, _) = await legs.StartAsync(provider ?? _provider, RemoteServer.Callback, false, [], default);
        var leg = await CompleteAsync(started!, legs, provider: provider);
        await _vault.StoreAsync(Person1, leg.Tokens!, leg.Subject, null, default);
        return leg;
    }

    private async Task<UpstreamAuthorization> AuthorizeAsync(Provider? provider = null)
    {
        using var authorizer = new UpstreamAuthorizer(_vault, _remote.Storage.CredentialRefreshes, _remote.Storage.CredentialRefusals, _remote.Client, _remote.Options, _remote.Time, NullLogger<UpstreamAuthorizer>.Instance);
        var resource = AuthorizerFixture.Resource with { Providers = [new ResourceProvider(provider ?? _provider)] };
        return await authorizer.AuthorizeAsync(resource, Token(), default);
    }

    private AccessToken Token() => new()
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

    private async Task<CompletedLeg> CompleteAsync(StartedLeg started, UpstreamLegs legs, string? issuer = null, Provider? provider = null) => await legs.CompleteAsync(
        provider ?? _provider,
        RemoteServer.Callback,
        new ConnectionFlow
        {
            StateHash = started.StateHash,
            Purpose = ConnectionPurpose.Connect,
            Provider = _provider.Name,
            BrowserHash = new byte[32],
            AuthorizationRequestId = "r",
            Owner = Person1.Owner,
            SealedSecrets = started.SealedSecrets,
            CreatedAt = _remote.Time.GetUtcNow(),
            ExpiresAt = _remote.Time.GetUtcNow().AddMinutes(10),
        },
        new LegCallback(RemoteServer.Callback, "code", issuer, null),
        default);
}
