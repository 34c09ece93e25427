using System.Text;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Builds the URL a person is sent to at a provider (RFC 6749 section 4.1.1, RFC 7636, RFC 8707).</summary>
internal static class AuthorizationUrl
{
    public static Uri Build(Provider provider, ProviderMetadata metadata, LegSecrets secrets, string state, string challenge)
    {
        var scopes = secrets.SignIn && !provider.Scopes.Contains("openid") ? [.. provider.Scopes, "openid"] : provider.Scopes;
        var url = new StringBuilder(metadata.AuthorizationEndpoint.AbsoluteUri);
        var separator = metadata.AuthorizationEndpoint.Query.Length > 0 ? '&' : '?';
        foreach (var (name, value) in provider.AuthorizationParameters.Where(p => !ProviderRules.IsReserved(p.Key)))
        {
            Append(name, value);
        }

        Append("response_type", "code");
        Append("client_id", provider.ClientId);
        Append("redirect_uri", secrets.Callback);
        Append(provider.ScopeParameter, string.Join(provider.ScopeSeparator == ScopeSeparator.Comma ? ',' : ' ', scopes));
        Append("state", state);
        Append("code_challenge", challenge);
        Append("code_challenge_method", "S256");
        Append("nonce", provider.Identity.From == IdentitySource.IdToken ? secrets.Nonce : null);
        Append("resource", provider.ResourceParameter);
        return new Uri(url.ToString());

        void Append(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                url.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }
    }
}
