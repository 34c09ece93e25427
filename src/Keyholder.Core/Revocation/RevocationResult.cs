namespace Keyholder.Revocation;

/// <summary>What the kill switch did, or would do.</summary>
/// <param name="Id">The id of the entry, by which a quarantine is lifted; null after a dry run.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Sessions">How many live sessions it means.</param>
public sealed record RevocationResult(long? Id, RevocationEntry Entry, int Sessions);
