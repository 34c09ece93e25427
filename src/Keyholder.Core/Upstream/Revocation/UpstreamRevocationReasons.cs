namespace Keyholder.Upstream.Revocation;

/// <summary>The words for how the revocation of a credential ended, or why an attempt failed. Never a provider's own text.</summary>
public static class UpstreamRevocationReasons
{
    /// <summary>Done: the provider says so.</summary>
    public const string Revoked = "revoked";

    /// <summary>Done: the provider did not know the token any more.</summary>
    public const string AlreadyInvalid = "already_invalid";

    /// <summary>Done: there was no refresh token, and the access token has expired.</summary>
    public const string Expired = "expired";

    /// <summary>Done: another credential of the same account is in use, and many providers revoke all of an account's at once. This one's tokens are gone, not revoked.</summary>
    public const string AccountInUse = "account_in_use";

    /// <summary>Failed: the provider has no revocation endpoint.</summary>
    public const string NoEndpoint = "no_endpoint";

    /// <summary>Failed: the provider refused the request, or does not revoke tokens of this type.</summary>
    public const string Refused = "refused";

    /// <summary>Failed: the provider is another authorization server by now, or knows Keyholder as another client.</summary>
    public const string ClientChanged = "client_changed";

    /// <summary>Failed: the guard did not let the request out.</summary>
    public const string AddressRefused = "address_refused";

    /// <summary>Failed: the envelope was changed or moved.</summary>
    public const string Tampered = "tampered";

    /// <summary>Tried again: no key of the ring opens the envelope.</summary>
    public const string UnknownKey = "unknown_key";

    /// <summary>Tried again: no such provider is configured now.</summary>
    public const string ProviderUnknown = "provider_unknown";

    /// <summary>Tried again: the provider refused Keyholder's own client credentials.</summary>
    public const string ClientRefused = "client_refused";

    /// <summary>Tried again: the provider's metadata cannot be used now.</summary>
    public const string MetadataUnusable = "metadata_unusable";

    /// <summary>Tried again: the provider did not answer, or not with an answer to this.</summary>
    public const string Unavailable = "unavailable";
}
