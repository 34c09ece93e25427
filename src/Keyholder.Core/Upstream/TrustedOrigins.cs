using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>The origins (scheme, host, port) that configuration itself named. Only these may be private or plain http; everything learned from elsewhere goes through the guard.</summary>
public sealed class TrustedOrigins
{
    private readonly HashSet<string> _origins;
    private readonly bool _every;

    private TrustedOrigins(IEnumerable<Uri?> uris, bool every = false)
    {
        _origins = [.. uris.OfType<Uri>().Select(OriginOf)];
        _every = every;
    }

    /// <summary>No origin is trusted.</summary>
    public static TrustedOrigins None { get; } = new([]);

    /// <summary>One origin the operator vouches for.</summary>
    public static TrustedOrigins Only(Uri uri) => new([uri]);

    /// <summary>Every origin is trusted: by explicit switch of the operator alone.</summary>
    public static TrustedOrigins Every { get; } = new([], every: true);

    /// <summary>The origins of a provider's configured issuer and endpoints. Of one found by discovery only the upstream was configured, whatever was found since.</summary>
    public static TrustedOrigins Of(Provider provider) => provider.Discovery switch
    {
        { AllowPrivateAddresses: true } => Every,
        { } discovery => Only(discovery.Upstream),
        null => OfConfigured(provider),
    };

    /// <summary>Whether the URI's origin was named by configuration.</summary>
    public bool Contains(Uri uri) => _every || _origins.Contains(OriginOf(uri));

    private static TrustedOrigins OfConfigured(Provider provider) => new(
    [
        Parse(provider.Issuer), provider.AuthorizationEndpoint, provider.TokenEndpoint, provider.RefreshEndpoint, provider.RevocationEndpoint,
        Parse(provider.Identity.Url),
    ]);

    /// <summary>Whether the URI may be used at all: absolute, without user info or fragment, and https unless its origin is trusted.</summary>
    public bool Allows(Uri uri) =>
        uri.IsAbsoluteUri
        && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && Contains(uri)));

    private static Uri? Parse(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null;

    private static string OriginOf(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
