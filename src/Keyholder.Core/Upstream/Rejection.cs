namespace Keyholder.Upstream;

/// <summary>What an upstream's 401 means for one credential.</summary>
/// <param name="Version">The version that was rejected; of another one nothing is known.</param>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Renewed">Whether it had been issued just before.</param>
internal readonly record struct Rejection(long Version, RejectionVerdict Verdict, bool Renewed);
