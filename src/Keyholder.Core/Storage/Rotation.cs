using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>The compare-and-swap that rotates a refresh token.</summary>
public sealed record Rotation
{
    public required SessionId SessionId { get; init; }

    /// <summary>The generation of the presented token; the swap writes <c>+1</c>.</summary>
    public required uint Generation { get; init; }

    /// <summary>SHA-256 of the presented token's secret.</summary>
    public required byte[] RefreshHash { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The resource the request names; null when it names none. Has to equal the session's.</summary>
    public string? Resource { get; init; }

    /// <summary>SHA-256 of the successor's secret.</summary>
    public required byte[] SuccessorHash { get; init; }

    /// <summary>The successor, sealed for the holder of the presented token.</summary>
    public required byte[] SealedSuccessor { get; init; }

    /// <summary>The new idle expiry; the row keeps the earlier of it and the absolute expiry.</summary>
    public required DateTimeOffset IdleExpiresAt { get; init; }
}
