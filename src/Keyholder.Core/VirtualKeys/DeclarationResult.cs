namespace Keyholder.VirtualKeys;

/// <summary>What came of a declaration.</summary>
/// <param name="Plan">What was changed; with problems nothing was.</param>
/// <param name="Reconciled">What became of the credentials of virtual keys.</param>
public sealed record DeclarationResult(DeclarationPlan Plan, ReconcileResult Reconciled);
