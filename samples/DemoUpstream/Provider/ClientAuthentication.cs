using System.Net.Http.Headers;
using System.Text;

namespace DemoUpstream.Provider;

/// <summary>RFC 6749 section 2.3: <c>client_secret_basic</c>, <c>client_secret_post</c>, and <c>none</c> for public clients.</summary>
internal static class ClientAuthentication
{
    /// <summary>The client that proved itself, or null. Two methods at once prove nothing.</summary>
    public static ProviderClient? Authenticate(HttpRequest request, IFormCollection form, ClientRegistry clients)
    {
        string? id = form["client_id"];
        string? secret = form["client_secret"];
        if (request.Headers.Authorization.Count > 0)
        {
            if (secret is not null || ReadBasic(request.Headers.Authorization!) is not { } basic) return null;
            if (id is not null && id != basic.Id) return null;
            (id, secret) = basic;
        }

        if (clients.Find(id) is not { } client) return null;
        return client.Secret is null
            ? string.IsNullOrEmpty(secret) ? client : null
            : secret is not null && Opaque.AreEqual(secret, client.Secret) ? client : null;
    }

    private static (string Id, string Secret)? ReadBasic(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;

        var bytes = new byte[value.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return pair.Length == 2 ? (FormDecode(pair[0]), FormDecode(pair[1])) : null;
    }

    private static string FormDecode(string value) => Uri.UnescapeDataString(value.Replace('+', ' '));
}
