using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Storage;
using Keyholder.Upstream;

namespace Keyholder.Tests.Clients;

/// <summary>A client's key pair, and the assertions it signs.</summary>
internal sealed class TestAssertions(TimeProvider time) : IDisposable
{
    public static readonly Issuer Issuer = new("https://keys.example.com");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Jwks => $$"""{"keys":[{{PublicKey}}]}""";

    public string PublicKey
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return $$"""{"kty":"EC","crv":"P-256","kid":"k1","use":"sig","x":"{{Base64UrlText.Encode(point.X)}}","y":"{{Base64UrlText.Encode(point.Y)}}"}""";
        }
    }

    /// <summary>Validation that fetches through <paramref name="handler"/> and accepts every <c>jti</c> that is new to <paramref name="used"/>.</summary>
    public static ClientAssertions Validator(TimeProvider time, HttpMessageHandler handler, IClientAssertionStore used)
    {
        var upstream = new UpstreamOptions();
        return new ClientAssertions(Issuer, new GuardedHttp(upstream, handler, handler, time), upstream, new(), used, time);
    }

    /// <summary>A good assertion with claims and header members replaced; a null value leaves one out.</summary>
    public string Sign(string clientId, (string Name, JsonNode? Value)[]? claims = null, (string Name, JsonNode? Value)[]? header = null, string? audience = null)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var signed = Encode(With(new() { ["alg"] = "ES256", ["kid"] = "k1" }, header)) + "." + Encode(With(
            new()
            {
                ["iss"] = clientId,
                ["sub"] = clientId,
                ["aud"] = audience ?? Issuer.Value,
                ["iat"] = now,
                ["exp"] = now + 60,
                ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
            },
            claims));
        return signed + "." + Base64UrlText.Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
    }

    public void Dispose() => _key.Dispose();

    private static JsonObject With(JsonObject json, (string Name, JsonNode? Value)[]? changes)
    {
        foreach (var (name, value) in changes ?? [])
        {
            json.Remove(name);
            if (value is not null)
            {
                json[name] = value.DeepClone();
            }
        }

        return json;
    }

    private static string Encode(JsonObject json) => Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(json));
}
