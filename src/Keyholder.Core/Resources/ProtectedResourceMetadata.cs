using Keyholder.OAuth;

namespace Keyholder.Resources;

/// <summary>The protected resource metadata document (RFC 9728 section 2).</summary>
public static class ProtectedResourceMetadata
{
    /// <summary>The document as UTF-8 JSON. <c>offline_access</c> is no permission of a resource and never listed.</summary>
    public static byte[] Write(Issuer issuer, Resource resource) => JsonDocumentText.Write(json =>
    {
        json.WriteString("resource", resource.Uri);
        json.WriteStrings("authorization_servers", [issuer.Value]);
        json.WriteStrings("scopes_supported", resource.Scopes.Select(s => s.Name).Where(s => s != Scopes.OfflineAccess));
        json.WriteStrings("bearer_methods_supported", ["header"]);
        json.WriteString("resource_name", resource.DisplayName);
    });
}
