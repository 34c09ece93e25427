namespace Keyholder.Revocation;

/// <summary>An entry of the kill switch.</summary>
/// <param name="Target">What it matches.</param>
/// <param name="CutOff">When it was made. What was issued at or before this moment is refused; a quarantine refuses whatever was issued when.</param>
/// <param name="ExpiresAt">When nothing it matches can be alive any more; for a quarantine, when it ends by itself.</param>
/// <param name="Reason">A stable word, or the operator's own words.</param>
public sealed record RevocationEntry(RevocationTarget Target, DateTimeOffset CutOff, DateTimeOffset ExpiresAt, string Reason)
{
    /// <summary>The <see cref="ExpiresAt"/> of an entry that stands until it is lifted: the last moment storage can hold.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

    /// <summary>Whether it can be lifted, and leaves sessions and tokens as they were. An entry that is none is for good.</summary>
    public bool IsQuarantine { get; init; }
}
