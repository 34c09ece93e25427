using System.Buffers;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Gateway;

/// <summary>Finds the one bearer token of a request (RFC 6750 section 2.1). Tokens in the query or the body are not supported, and never mixed.</summary>
internal static class BearerCredential
{
    /// <summary>The header that carries a virtual key.</summary>
    public const string KeyHeader = "X-Keyholder-Key";

    private const string Scheme = "Bearer ";
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>Reads the <c>Authorization</c> header, or the one for virtual keys.</summary>
    public static BearerOutcome Read(HttpRequest request, out ReadOnlySpan<char> token)
    {
        token = default;
        var authorization = request.Headers.Authorization;
        var key = request.Headers[KeyHeader];
        var inQuery = request.QueryString.HasValue && request.Query.ContainsKey("access_token") ? 1 : 0;
        if (authorization.Count + key.Count == 0)
        {
            return BearerOutcome.None;
        }

        if (authorization.Count + key.Count + inQuery > 1)
        {
            return BearerOutcome.Conflicting;
        }

        if (key.Count == 1)
        {
            token = key[0].AsSpan();
            return VirtualKeyAuthenticator.IsClaimed(token) ? BearerOutcome.Key : BearerOutcome.Malformed;
        }

        var value = authorization[0].AsSpan();
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return value.Equals(Scheme.AsSpan().TrimEnd(), StringComparison.OrdinalIgnoreCase) ? BearerOutcome.Malformed : BearerOutcome.None;
        }

        token = value[Scheme.Length..].Trim(' ');
        return token.IsEmpty || token.ContainsAnyExcept(TokenCharacters) ? BearerOutcome.Malformed : BearerOutcome.Present;
    }
}
