namespace Keyholder.Revocation;

/// <summary>What someone asks of the kill switch.</summary>
/// <param name="Target">What is to be refused.</param>
public sealed record RevocationRequest(RevocationTarget Target)
{
    /// <summary>The longest <see cref="Reason"/>, in characters.</summary>
    public const int MaxReasonLength = 256;

    /// <summary>Whether it shall be possible to lift it.</summary>
    public bool Quarantine { get; init; }

    /// <summary>Why, in the asker's words; null = <see cref="Sessions.RevocationReasons.Operator"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// For a token, when the token itself expires, if that is known; for a quarantine, when it ends by itself. Null = chosen so that nothing the entry
    /// matches can be alive afterwards, and a quarantine stands until it is lifted.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
