using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Upstream.Discovery;

/// <summary>Keyholder as it introduces itself to authorization servers: where it is answered, and who it is at those it found by discovery, another client for each provider.</summary>
/// <param name="Issuer">Keyholder's own issuer, below which all of it lies.</param>
public sealed record OwnClient(Issuer Issuer)
{
    private const string Json = ".json";

    /// <summary>The redirect URI of every provider that has none of its own.</summary>
    public string SharedCallback { get; } = Issuer.At(EndpointPaths.SharedCallback);

    /// <summary>The client id of earlier versions at every authorization server that accepts metadata documents.</summary>
    public string FormerDocumentUri { get; } = Issuer.At(EndpointPaths.FormerUpstreamClient);

    /// <summary>Whether authorization servers can fetch and accept documents: only over https.</summary>
    public bool HasDocuments { get; } = Issuer.Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary><c>web</c>, or <c>native</c> while Keyholder runs on one machine (OpenID Connect Dynamic Client Registration section 2).</summary>
    public string ApplicationType => HasDocuments ? "web" : "native";

    /// <summary>The redirect URI of a provider's legs.</summary>
    public string CallbackOf(Provider provider) => provider.Callback == ProviderCallback.Own ? OwnCallback(provider.Name) : SharedCallback;

    /// <summary>The redirect URI that belongs to one provider's name alone.</summary>
    public string OwnCallback(string provider) => Issuer.At(EndpointPaths.Callback + provider);

    /// <summary>Where the document for a provider's authorization server is published, which is Keyholder's client id there if it accepts such.</summary>
    public string DocumentUriOf(Provider provider) => Issuer.At(EndpointPaths.UpstreamClient + provider.Name + Json);

    /// <summary>The client-id metadata document for a provider's authorization server, as JSON.</summary>
    public string MetadataDocumentOf(Provider provider) => ClientRegistrationPolicy.MetadataDocument(this, provider);

    /// <summary>The document at <see cref="FormerDocumentUri"/>, as JSON.</summary>
    public string FormerMetadataDocument => ClientRegistrationPolicy.FormerMetadataDocument(this);
}
