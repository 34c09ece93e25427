using Keyholder.Users;

namespace Keyholder.Import;

/// <summary>An identity and whose it will be.</summary>
/// <param name="Record">What the journal knows it by.</param>
/// <param name="Identity">Logical name of the provider, and subject.</param>
/// <param name="User">An existing user, or one to add with the identity.</param>
public sealed record PlannedIdentity(byte[] Record, ProviderIdentity Identity, User User);
