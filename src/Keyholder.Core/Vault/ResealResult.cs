namespace Keyholder.Vault;

/// <summary>What a pass came to.</summary>
/// <param name="KeyId">The key it sealed with.</param>
/// <param name="Resealed">Envelopes that name that key now.</param>
/// <param name="Unopened">Envelopes that could not be opened and were left as they were.</param>
/// <param name="Finished">Whether it went through everything.</param>
public sealed record ResealResult(string KeyId, long Resealed, long Unopened, bool Finished);
