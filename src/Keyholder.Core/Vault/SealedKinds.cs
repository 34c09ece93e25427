using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>The words for <see cref="SealedKind"/> in output and logs.</summary>
public static class SealedKinds
{
    /// <summary>Every kind, in the order keys are changed in.</summary>
    public static IReadOnlyList<SealedKind> All { get; } = Enum.GetValues<SealedKind>();

    /// <summary>The word for a kind.</summary>
    public static string NameOf(SealedKind kind) => kind switch
    {
        SealedKind.Credential => "credential",
        SealedKind.UpstreamRevocation => "upstream_revocation",
        SealedKind.ConnectionFlow => "connection_flow",
        SealedKind.ServerSecret => "server_secret",
        SealedKind.SigningKey => "signing_key",
        SealedKind.UpstreamClient => "upstream_client",
        SealedKind.FormerUpstreamClient => "former_upstream_client",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
