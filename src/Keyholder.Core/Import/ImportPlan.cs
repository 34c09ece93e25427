namespace Keyholder.Import;

/// <summary>What an import will do.</summary>
/// <param name="Credentials">Credentials to store.</param>
/// <param name="Identities">Identities to store.</param>
/// <param name="PassedOver">Records that nobody could use, each with the reason.</param>
public sealed record ImportPlan(IReadOnlyList<PlannedCredential> Credentials, IReadOnlyList<PlannedIdentity> Identities, IReadOnlyList<ImportProblem> PassedOver);
