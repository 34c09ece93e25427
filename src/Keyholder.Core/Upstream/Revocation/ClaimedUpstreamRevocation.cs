using Keyholder.Vault;

namespace Keyholder.Upstream.Revocation;

/// <summary>An upstream revocation that this node works on, until its <see cref="UpstreamRevocation.DueAt"/>. Its attempts count the current one, which is the fencing number of the claim.</summary>
/// <param name="Revocation">The revocation.</param>
/// <param name="Credential">The credential as it lay in the vault, envelope included.</param>
/// <param name="AccountInUse">Whether the vault holds another credential of the same account at the provider.</param>
public sealed record ClaimedUpstreamRevocation(UpstreamRevocation Revocation, StoredCredential Credential, bool AccountInUse);
