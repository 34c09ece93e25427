using Keyholder.Vault;

namespace Keyholder.Tokens;

/// <summary>The formats of Keyholder's opaque tokens, each with a MAC key of its own.</summary>
public sealed class OpaqueTokenFormats
{
    /// <summary>What the text of every admin token begins with.</summary>
    public const string AdminTokenPrefix = "kh_ad_";

    /// <summary>What the text of every virtual key begins with.</summary>
    public const string VirtualKeyPrefix = "kh_vk_";

    /// <summary>Derives the MAC keys from the server's root secret.</summary>
    public OpaqueTokenFormats(ServerSecrets secrets)
    {
        AdminToken = new OpaqueTokenFormat(AdminTokenPrefix, secrets.Derive("admin-token-mac"));
        AuthorizationCode = new OpaqueTokenFormat("kh_ac_", secrets.Derive("authorization-code-mac"));
        DeviceCode = new OpaqueTokenFormat("kh_dc_", secrets.Derive("device-code-mac"));
        RefreshToken = new OpaqueTokenFormat("kh_rt_", secrets.Derive("refresh-token-mac"));
        VirtualKey = new OpaqueTokenFormat(VirtualKeyPrefix, secrets.Derive("virtual-key-mac"));
    }

    /// <summary><c>kh_ad_…</c>; the session id is the token's own id, the generation 0.</summary>
    public OpaqueTokenFormat AdminToken { get; }

    /// <summary><c>kh_ac_…</c></summary>
    public OpaqueTokenFormat AuthorizationCode { get; }

    /// <summary><c>kh_dc_…</c>; the session is the one the device will get.</summary>
    public OpaqueTokenFormat DeviceCode { get; }

    /// <summary><c>kh_rt_…</c></summary>
    public OpaqueTokenFormat RefreshToken { get; }

    /// <summary><c>kh_vk_…</c>; the session id is the key's own id, the generation that of its secret.</summary>
    public OpaqueTokenFormat VirtualKey { get; }
}
