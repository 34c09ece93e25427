using System.Net.Http.Headers;
using System.Text;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>How Keyholder authenticates to a provider as its client (RFC 6749 section 2.3.1).</summary>
internal static class ProviderAuthentication
{
    /// <summary>Adds the client credentials where the provider expects them.</summary>
    public static void Apply(Provider provider, HttpRequestMessage request, List<KeyValuePair<string, string>> form)
    {
        if (provider is { ClientAuthMethod: "client_secret_basic", ClientSecret: { } secret })
        {
            var pair = $"{FormEncode(provider.ClientId)}:{FormEncode(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
            return;
        }

        form.Add(new("client_id", provider.ClientId));
        if (provider is { ClientAuthMethod: "client_secret_post", ClientSecret: { } posted })
        {
            form.Add(new("client_secret", posted));
        }
    }

    // Both are application/x-www-form-urlencoded before they are joined.
    private static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
