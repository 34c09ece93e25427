using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>The conditional update that redeems a code.</summary>
public sealed record CodeRedemption
{
    public required SessionId SessionId { get; init; }

    /// <summary>SHA-256 of the presented code's secret.</summary>
    public required byte[] CodeHash { get; init; }

    public required string ClientId { get; init; }

    /// <summary>SHA-256 of the first refresh token's secret (generation 1); null when the client may not have one.</summary>
    public byte[]? RefreshHash { get; init; }

    /// <summary>The first refresh token, sealed for the holder of the code; null when a lost answer is not given again.</summary>
    public byte[]? SealedSuccessor { get; init; }

    public required DateTimeOffset IdleExpiresAt { get; init; }
}
