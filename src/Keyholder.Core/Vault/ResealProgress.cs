using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>How far a pass over one kind is.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Done">Envelopes looked at so far.</param>
/// <param name="Total">How many there were when the pass began.</param>
public readonly record struct ResealProgress(SealedKind Kind, long Done, long Total);
