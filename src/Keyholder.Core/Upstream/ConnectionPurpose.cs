namespace Keyholder.Upstream;

/// <summary>What a redirect to a provider is for.</summary>
public enum ConnectionPurpose
{
    /// <summary>To learn who the person is (sign-in with an OIDC provider).</summary>
    SignIn,

    /// <summary>To obtain a credential for the vault.</summary>
    Connect,
}
