using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Resources;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;

namespace Keyholder.Tests.Upstream;

public sealed class ProviderMetadataTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeProvider _fake;

    public ProviderMetadataTests() => _fake = new FakeProvider(_time);

    public void Dispose() => _fake.Dispose();

    [Theory]
    [InlineData("https://a.example", ProviderKind.OAuth2, "/.well-known/oauth-authorization-server /.well-known/openid-configuration")]
    [InlineData("https://a.example/", ProviderKind.OAuth2, "/.well-known/oauth-authorization-server /.well-known/openid-configuration")]
    [InlineData("https://a.example/t/1", ProviderKind.OAuth2, "/.well-known/oauth-authorization-server/t/1 /.well-known/openid-configuration/t/1 /t/1/.well-known/openid-configuration")]
    [InlineData("https://a.example", ProviderKind.Oidc, "/.well-known/openid-configuration /.well-known/oauth-authorization-server")]
    [InlineData("https://a.example/t/1", ProviderKind.Oidc, "/t/1/.well-known/openid-configuration /.well-known/openid-configuration/t/1 /.well-known/oauth-authorization-server/t/1")]
    public void The_document_is_looked_for_at_every_form_in_use(string issuer, ProviderKind kind, string paths) =>
        ProviderMetadataPolicy.WellKnownUris(issuer, kind).Select(u => u.AbsoluteUri)
            .ShouldBe(paths.Split(' ').Select(path => "https://a.example" + path));

    [Theory]
    [InlineData("https://a.example?x=1")]
    [InlineData("https://a.example/#f")]
    [InlineData("nonsense")]
    public void An_issuer_that_cannot_be_one_is_looked_for_nowhere(string issuer) =>
        ProviderMetadataPolicy.WellKnownUris(issuer, ProviderKind.Oidc).ShouldBeEmpty();

    [Fact]
    public async Task Good_metadata_is_used()
    {
        _fake.Metadata!["authorization_response_iss_parameter_supported"] = true;

        var metadata = (await GetAsync(Providers.Oidc())).Metadata.ShouldNotBeNull();

        metadata.Issuer.ShouldBe(Providers.Issuer);
        metadata.TokenEndpoint.AbsoluteUri.ShouldBe("https://tokens.idp.example/token");
        metadata.IssuerInResponses.ShouldBeTrue();
    }

    [Theory]
    [InlineData("issuer", "https://idp.example/")]
    [InlineData("issuer", "https://IDP.example")]
    [InlineData("issuer", "https://evil.example")]
    [InlineData("issuer", null)]
    [InlineData("token_endpoint", "http://tokens.idp.example/token")]
    [InlineData("token_endpoint", "http://idp.example/token")]
    [InlineData("token_endpoint", "https://user@tokens.idp.example/token")]
    [InlineData("token_endpoint", "/token")]
    [InlineData("token_endpoint", null)]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("authorization_endpoint", "data:text/html,x")]
    [InlineData("authorization_endpoint", "https://idp.example/authorize#x")]
    [InlineData("authorization_endpoint", null)]
    [InlineData("jwks_uri", "file:///etc/passwd")]
    [InlineData("jwks_uri", null)]
    [InlineData("code_challenge_methods_supported", null)]
    [InlineData("code_challenge_methods_supported", "S256")]
    [InlineData("response_types_supported", "token")]
    public async Task Metadata_that_lies_or_lacks_is_rejected(string member, string? value)
    {
        _fake.Metadata!.Remove(member);
        if (value is not null)
        {
            _fake.Metadata[member] = value;
        }

        (await GetAsync(Providers.Oidc())).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task Plain_PKCE_is_not_enough()
    {
        _fake.Metadata!["code_challenge_methods_supported"] = new JsonArray("plain");

        (await GetAsync(Providers.Oidc())).Outcome.ShouldBe(LegOutcome.Rejected);
    }

    [Fact]
    public async Task Configured_endpoints_need_no_document_and_stand_against_the_document()
    {
        (await GetAsync(Providers.Configured())).Metadata!.TokenEndpoint.ShouldBe(Providers.Configured().TokenEndpoint);
        _fake.Trusted.Requests.ShouldBeEmpty();
        _fake.Metadata!.Remove("code_challenge_methods_supported");

        var mixed = await GetAsync(Providers.Configured() with { Kind = ProviderKind.Oidc, Issuer = Providers.Issuer });

        mixed.Metadata!.TokenEndpoint.ShouldBe(Providers.Configured().TokenEndpoint);
        mixed.Metadata.JwksUri.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"issuer":"https://idp.example","issuer":"https://idp.example"}""")]
    [InlineData("""[]""")]
    [InlineData("""{"issuer":"https://idp.example"} trailing""")]
    [InlineData("")]
    public async Task A_document_that_is_not_one_strict_object_is_rejected(string body)
    {
        using var handler = new ScriptedHandler(_ => ScriptedHandler.Json(body));
        (await GetAsync(handler, Providers.Oidc())).Outcome.ShouldBe(LegOutcome.Rejected);
        handler.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_web_page_in_place_of_a_document_is_passed_over()
    {
        using var handler = new ScriptedHandler(request => request.Uri.AbsolutePath.StartsWith("/t", StringComparison.Ordinal)
            ? ScriptedHandler.Json("<html>", mediaType: "text/html")
            : ScriptedHandler.Json(_fake.Metadata!.ToJsonString().Replace("\"https://idp.example\"", "\"https://idp.example/t\"", StringComparison.Ordinal)));

        (await GetAsync(handler, Providers.Oidc() with { Issuer = "https://idp.example/t" })).Outcome.ShouldBe(LegOutcome.Succeeded);
        handler.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_provider_that_is_down_is_unavailable_and_asked_again_after_a_moment()
    {
        var down = true;
        using var handler = new ScriptedHandler(_ => down ? ScriptedHandler.Status(HttpStatusCode.BadGateway) : ScriptedHandler.Json(_fake.Metadata!.ToJsonString()));
        var source = Source(handler);
        (await source.GetAsync(Providers.Oidc(), default)).Outcome.ShouldBe(LegOutcome.Unavailable);
        var asked = handler.Requests.Count;
        down = false;
        (await source.GetAsync(Providers.Oidc(), default)).Outcome.ShouldBe(LegOutcome.Unavailable);
        handler.Requests.Count.ShouldBe(asked);

        _time.Advance(_fake.Options.FailureBackoff);

        (await source.GetAsync(Providers.Oidc(), default)).Outcome.ShouldBe(LegOutcome.Succeeded);
    }

    [Fact]
    public async Task Concurrent_callers_fetch_once_and_a_document_is_kept_for_its_lifetime()
    {
        var gate = new TaskCompletionSource();
        using var handler = new ScriptedHandler(async _ =>
        {
            await gate.Task;
            return ScriptedHandler.Json(_fake.Metadata!.ToJsonString());
        });
        var source = Source(handler);
        var callers = Enumerable.Range(0, 50).Select(_ => source.GetAsync(Providers.Oidc(), default)).ToList();
        gate.SetResult();

        (await Task.WhenAll(callers)).ShouldAllBe(r => r.Outcome == LegOutcome.Succeeded);
        _time.Advance(_fake.Options.MetadataLifetime - TimeSpan.FromSeconds(1));
        await source.GetAsync(Providers.Oidc(), default);
        handler.Requests.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await source.GetAsync(Providers.Oidc(), default);
        handler.Requests.Count.ShouldBe(2);
    }

    private ProviderMetadataSource Source(ScriptedHandler handler) =>
        new(new GuardedHttp(_fake.Options, handler, handler, _time), _fake.Options, _time);

    private Task<ProviderMetadataResult> GetAsync(Provider provider) => _fake.Client.Metadata.GetAsync(provider, default);

    private Task<ProviderMetadataResult> GetAsync(ScriptedHandler handler, Provider provider) => Source(handler).GetAsync(provider, default);
}
