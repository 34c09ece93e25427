namespace Keyholder.Bench.Chaos.History;

/// <summary>The times a history is judged by.</summary>
/// <param name="RetryWindow">How long after a rotation the replaced token may be presented again.</param>
/// <param name="AccessTokenLifetime">How long an access token works.</param>
/// <param name="Propagation">
/// From which time on after the acknowledgement of a revocation no other node accepts an access token, whatever fails. That is <c>revocation.maxStaleness</c>:
/// a node that accepts has read the log within that time, and a read that began after the acknowledgement has found the entry.
/// </param>
internal sealed record Promises(TimeSpan RetryWindow, TimeSpan AccessTokenLifetime, TimeSpan Propagation);
