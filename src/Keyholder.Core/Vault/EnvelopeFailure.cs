using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>An envelope that does not open.</summary>
/// <param name="Kind">What it seals.</param>
/// <param name="Row">Which row it is, for people.</param>
/// <param name="Outcome">Why.</param>
public sealed record EnvelopeFailure(SealedKind Kind, string Row, EnvelopeOutcome Outcome);
