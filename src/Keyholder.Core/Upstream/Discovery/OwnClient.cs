namespace Keyholder.Upstream.Discovery;

/// <summary>Keyholder as it introduces itself to authorization servers it found by discovery.</summary>
/// <param name="Name">The name people see at the authorization server.</param>
/// <param name="Home">Keyholder's own issuer.</param>
/// <param name="Callback">The one redirect URI of all upstream legs.</param>
/// <param name="DocumentUri">Where Keyholder publishes its client-id metadata document, which is its client id at every authorization server that accepts such.</param>
public sealed record OwnClient(string Name, string Home, string Callback, string DocumentUri)
{
    /// <summary>Whether authorization servers can fetch and accept the document: only over https.</summary>
    public bool HasDocument => DocumentUri.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>Keyholder's client-id metadata document as JSON.</summary>
    public string MetadataDocument => ClientRegistrationPolicy.MetadataDocument(this);

    /// <summary><c>web</c>, or <c>native</c> while Keyholder runs on one machine (OpenID Connect Dynamic Client Registration section 2).</summary>
    public string ApplicationType => Callback.StartsWith("https://", StringComparison.Ordinal) ? "web" : "native";
}
