namespace Keyholder.Storage;

/// <summary>What the vault's key ring seals at rest: one value for every column that holds an envelope.</summary>
public enum SealedKind
{
    /// <summary>A credential's token set or header set.</summary>
    Credential,

    /// <summary>The token set of a credential that left the vault and is to be revoked at its provider.</summary>
    UpstreamRevocation,

    /// <summary>Nonce and PKCE verifier of a connection flow.</summary>
    ConnectionFlow,

    /// <summary>A secret of the server itself.</summary>
    ServerSecret,

    /// <summary>The private part of a token-signing key.</summary>
    SigningKey,

    /// <summary>The secret of Keyholder's registration with an authorization server.</summary>
    UpstreamClient,

    /// <summary>As <see cref="UpstreamClient"/>, of a registration that was replaced and still serves what it obtained.</summary>
    FormerUpstreamClient,
}
