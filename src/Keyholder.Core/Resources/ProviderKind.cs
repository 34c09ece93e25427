using System.Text.Json.Serialization;

namespace Keyholder.Resources;

/// <summary>What a provider speaks.</summary>
public enum ProviderKind
{
    /// <summary>OAuth 2.x; endpoints configured or found in RFC 8414 metadata.</summary>
    [JsonStringEnumMemberName("oauth2")]
    OAuth2,

    /// <summary>OpenID Connect; endpoints found by discovery.</summary>
    Oidc,

    /// <summary>Nothing: people submit the values of headers the operator declared.</summary>
    Headers,
}
