namespace Keyholder.Revocation;

/// <summary>A checked request: what would be written.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Resources">The resource URIs a resource or provider stands for; else empty.</param>
public sealed record PlannedRevocation(RevocationEntry Entry, IReadOnlyList<string> Resources);
