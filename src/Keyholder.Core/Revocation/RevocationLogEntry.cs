namespace Keyholder.Revocation;

/// <summary>One line of the revocation log.</summary>
/// <param name="Sequence">Its place, and the id of the entry: above 0, later written = larger, never given out again.</param>
/// <param name="Revocation">The entry; in the line of a lift, the quarantine that was lifted.</param>
public sealed record RevocationLogEntry(long Sequence, RevocationEntry Revocation)
{
    /// <summary>The sequence number of the quarantine this line lifts; null when the line puts its entry in force.</summary>
    public long? Lifts { get; init; }

    /// <summary>Whether the line refuses nothing and only tells nodes that what they remember of its target is out of date.</summary>
    public bool IsNotice { get; init; }
}
