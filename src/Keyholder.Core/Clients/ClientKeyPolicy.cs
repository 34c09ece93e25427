using System.Text;
using System.Text.Json;
using Keyholder.Upstream;

namespace Keyholder.Clients;

/// <summary>Which keys a client with <c>private_key_jwt</c> may have (RFC 7591 section 2).</summary>
public static class ClientKeyPolicy
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "k", "oth"];

    /// <summary>Why a key set cannot be used, as ASCII text after the name of its member; null when it can: public keys only, at least one of them usable.</summary>
    public static string? Refusal(string jwks)
    {
        var utf8 = Encoding.UTF8.GetBytes(jwks);
        using var document = StrictJson.ParseObject(utf8);
        if (document is null || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            return "is not a JSON Web Key Set";
        }

        if (keys.EnumerateArray().Any(key => key.ValueKind != JsonValueKind.Object || PrivateMembers.Any(member => key.TryGetProperty(member, out _))))
        {
            return "holds something that is not a public key";
        }

        return JsonWebKeySource.Read(utf8) is { Count: > 0 } ? null : "has no usable key: EC, or RSA of 2048 bits or more, for signatures";
    }

    /// <summary>Whether keys may be fetched from there: https, or with <paramref name="allowLoopback"/> plain http on this machine; no userinfo, no fragment.</summary>
    public static bool IsKeyUri(string uri, bool allowLoopback) =>
        uri.Length <= WebUriPolicy.MaxLength
        && UriSyntax.TryParse(uri, out var parts)
        && parts.Host is not null
        && !parts.HasFragment
        && (parts.Scheme == "https" || (allowLoopback && parts.IsLoopback));
}
