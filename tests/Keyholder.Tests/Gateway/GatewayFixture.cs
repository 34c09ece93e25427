using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Keyholder.Mcp;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Configuration;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Tokens;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Gateway;

/// <summary>The whole server with scripted tokens, vault, revocations and upstream: resource <c>demo</c> (per-user OAuth) and <c>other</c>.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    public const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{}}}""";
    public const string ModernCall = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""";

    private GatewayFixture(KeyholderHost host, ScriptedUpstream upstream, ScriptedTokens tokens, ScriptedAuthorizer authorizer, ScriptedRevocations revocations)
    {
        Host = host;
        Upstream = upstream;
        Tokens = tokens;
        Authorizer = authorizer;
        Revocations = revocations;
        Client = host.CreateClient();
    }

    public KeyholderHost Host { get; }

    public HttpClient Client { get; }

    public ScriptedUpstream Upstream { get; }

    public ScriptedTokens Tokens { get; }

    public ScriptedAuthorizer Authorizer { get; }

    public ScriptedRevocations Revocations { get; }

    public static async Task<GatewayFixture> StartAsync(RequestDelegate? answer = null, Func<Resource, Resource>? configure = null)
    {
        var upstream = await ScriptedUpstream.StartAsync(answer ?? ScriptedUpstream.Ok);
        var tokens = new ScriptedTokens();
        var authorizer = new ScriptedAuthorizer();
        var revocations = new ScriptedRevocations();
        var host = await KeyholderHost.StartAsync(
            config => config with { Resources = new ResourceSnapshot([ResourceNamed("demo"), ResourceNamed("other")], []) },
            services =>
            {
                services.AddSingleton(TestServerSecrets.Create());
                services.AddSingleton<IAccessTokenValidator>(tokens);
                services.AddSingleton<IUpstreamAuthorizer>(authorizer);
                services.AddSingleton<IRevocationWatcher>(revocations);
            });
        return new GatewayFixture(host, upstream, tokens, authorizer, revocations);

        Resource ResourceNamed(string name)
        {
            var issuer = KeyholderConfiguration.Default.Issuer;
            var resource = new Resource
            {
                Name = name,
                Uri = issuer.At("/mcp/" + name),
                DisplayName = name,
                Upstream = new Uri(upstream.Url, "/upstream/mcp?tenant=7"),
                Auth = ResourceAuthKind.UserOAuth,
                Scopes = [new("mcp:read", "Read"), new("mcp:write", "Write"), new("mcp:admin", "Administer")],
                DefaultScopes = ["mcp:read", "mcp:write"],
                RequiredScopes = ["mcp:read"],
                MaxRequestBodyBytes = 64 * 1024,
                ActivityTimeout = TimeSpan.FromSeconds(30),
                EndStreamsAtTokenExpiry = true,
                MetadataUri = issuer.At("/.well-known/oauth-protected-resource/mcp/" + name),
            };
            return configure is null ? resource : configure(resource);
        }
    }

    /// <summary>A well-formed POST with a valid token, to be bent by a test.</summary>
    public static HttpRequestMessage Post(string body = Call, string token = ScriptedTokens.Person3, string path = "/mcp/demo")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return request;
    }

    /// <summary>A well-formed stateless POST.</summary>
    public static HttpRequestMessage ModernPost(string body = ModernCall, string? version = McpProtocolVersions.V20260728, string? method = "tools/call", string? name = "echo")
    {
        var request = Post(body);
        Add("MCP-Protocol-Version", version);
        Add("Mcp-Method", method);
        Add("Mcp-Name", name);
        return request;

        void Add(string header, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(header, value);
            }
        }
    }

    /// <summary>A GET or DELETE with a valid token.</summary>
    public static HttpRequestMessage Bodiless(HttpMethod method, string token = ScriptedTokens.Person3, string path = "/mcp/demo")
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Client.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Asserts a refusal: status, stable id, and that nothing reached the upstream.</summary>
    public async Task ShouldRefuseAsync(HttpRequestMessage request, HttpStatusCode status, string errorId)
    {
        var before = Upstream.Requests.Count;
        using var response = await SendAsync(request);
        (await GatewayAnswer.ErrorIdAsync(response)).ShouldBe(errorId);
        response.StatusCode.ShouldBe(status);
        Upstream.Requests.Count.ShouldBe(before);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
