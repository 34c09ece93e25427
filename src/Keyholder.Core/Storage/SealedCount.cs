namespace Keyholder.Storage;

/// <summary>How many envelopes of a kind name a key.</summary>
/// <param name="Kind">What they seal.</param>
/// <param name="KeyMark">The key's mark; shorter than 8 bytes when an envelope was cut short.</param>
/// <param name="Rows">How many; at least 1.</param>
public sealed record SealedCount(SealedKind Kind, byte[] KeyMark, long Rows);
