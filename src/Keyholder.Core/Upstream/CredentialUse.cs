using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>A credential in an authorization, so that what an upstream rejects can be told from what replaced it.</summary>
/// <param name="Key">Whose it is and of which provider.</param>
/// <param name="Version">The version of its row; 0 for one that could not be stored.</param>
/// <param name="Renewable">Whether its provider can be asked for a new one without the person.</param>
/// <param name="Renewed">Whether the provider issued it just now: an upstream that refuses it will refuse the next one too.</param>
/// <param name="Retry">The right by which it is tried although the resource refused it; null otherwise.</param>
public sealed record CredentialUse(CredentialKey Key, long Version, bool Renewable = true, bool Renewed = false, RefusalRetry? Retry = null);
