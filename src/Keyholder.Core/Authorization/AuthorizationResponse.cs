using System.Text;
using Keyholder.OAuth;

namespace Keyholder.Authorization;

/// <summary>Writes the authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207) into the redirect URI, which stays byte for byte as it is.</summary>
public static class AuthorizationResponse
{
    /// <summary>The URL that carries the code to the client. Secret.</summary>
    public static string Success(Issuer issuer, string redirectUri, string? state, string code) =>
        Append(redirectUri, [("code", code), ("state", state), ("iss", issuer.Value)]);

    /// <summary>The URL that carries an error to the client.</summary>
    public static string Failure(Issuer issuer, string redirectUri, string? state, OAuthError error) =>
        Append(redirectUri, [("error", error.Code), ("error_description", error.Description), ("state", state), ("iss", issuer.Value)]);

    private static string Append(string redirectUri, ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var url = new StringBuilder(redirectUri);
        var separator = !redirectUri.Contains('?', StringComparison.Ordinal) ? "?" : redirectUri[^1] is '?' or '&' ? "" : "&";
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                url.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = "&";
            }
        }

        return url.ToString();
    }
}
