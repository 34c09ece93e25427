using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keyholder.Tests.Upstream;

/// <summary>An OpenID provider behind a scripted transport, whose every answer a test can bend.</summary>
internal sealed class FakeProvider : IDisposable
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private readonly ManualTimeProvider _time;

    public FakeProvider(ManualTimeProvider time)
    {
        _time = time;
        Trusted = new ScriptedHandler(request => AnswerAsync(request));
        Guarded = new ScriptedHandler(request => AnswerAsync(request));
        Http = new GuardedHttp(Options, Trusted, Guarded, time);
        Client = new UpstreamClient(Http, Options, time);
    }

    public static SigningCredentials SigningKey { get; } = new(new RsaSecurityKey(Rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256);

    public UpstreamOptions Options { get; } = new();

    /// <summary>What reached the configured origin.</summary>
    public ScriptedHandler Trusted { get; }

    /// <summary>What went through the address check.</summary>
    public ScriptedHandler Guarded { get; }

    public GuardedHttp Http { get; }

    public UpstreamClient Client { get; }

    /// <summary>The metadata document; null answers 404.</summary>
    public JsonObject? Metadata { get; set; } = new()
    {
        ["issuer"] = Providers.Issuer,
        ["authorization_endpoint"] = Providers.Issuer + "/authorize",
        ["token_endpoint"] = "https://tokens.idp.example/token",
        ["jwks_uri"] = Providers.Issuer + "/jwks",
        ["response_types_supported"] = new JsonArray("code"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
    };

    public string Jwks { get; set; } = JwksOf(Public(new RsaSecurityKey(Rsa.ExportParameters(false)) { KeyId = "k1" }));

    public Func<ScriptedRequest, Task<HttpResponseMessage>> Token { get; set; } =
        _ => Task.FromResult(ScriptedHandler.Json("""{"access_token":"at","token_type":"Bearer"}"""));

    /// <summary>The document about the account, at <c>/user</c>.</summary>
    public Func<ScriptedRequest, HttpResponseMessage> UserInfo { get; set; } = _ => ScriptedHandler.Status(HttpStatusCode.NotFound);

    /// <summary>Everything asked of the token endpoint.</summary>
    public IReadOnlyList<ScriptedRequest> TokenRequests => [.. Trusted.Requests.Concat(Guarded.Requests).Where(r => r.Method == HttpMethod.Post)];

    public int CountOf(string path) => Trusted.Requests.Concat(Guarded.Requests).Count(r => r.Uri.AbsolutePath == path);

    public static JsonWebKey Public(SecurityKey key) => JsonWebKeyConverter.ConvertFromSecurityKey(key);

    public static string JwksOf(params JsonWebKey[] keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(Node)]) }.ToJsonString();

    /// <summary>A valid ID token after <paramref name="bend"/> had its way with the claims.</summary>
    public string IdToken(string nonce, Action<Dictionary<string, object>>? bend = null, SigningCredentials? key = null, string? type = null)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Providers.Issuer,
            ["aud"] = "keyholder",
            ["sub"] = "248289761001",
            ["iat"] = now,
            ["exp"] = now + 600,
            ["nonce"] = nonce,
            ["name"] = "Person3",
        };
        bend?.Invoke(claims);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            SigningCredentials = key ?? SigningKey,
            TokenType = type ?? "JWT",
        });
    }

    private static JsonNode Node(JsonWebKey key)
    {
        (string Name, string? Value)[] members =
            [("kty", key.Kty), ("kid", key.Kid), ("use", key.Use), ("alg", key.Alg), ("n", key.N), ("e", key.E), ("crv", key.Crv), ("x", key.X), ("y", key.Y), ("k", key.K)];
        return new JsonObject(members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create<string, JsonNode?>(m.Name, m.Value)));
    }

    public void Dispose() => Http.Dispose();

    private Task<HttpResponseMessage> AnswerAsync(ScriptedRequest request) => request.Uri.AbsolutePath switch
    {
        _ when request.Method == HttpMethod.Post => Token(request),
        "/user" => Task.FromResult(UserInfo(request)),
        "/jwks" => Task.FromResult(ScriptedHandler.Json(Jwks)),
        var path when path.Contains(".well-known", StringComparison.Ordinal) && Metadata is not null => Task.FromResult(ScriptedHandler.Json(Metadata.ToJsonString())),
        _ => Task.FromResult(ScriptedHandler.Status(HttpStatusCode.NotFound)),
    };
}
