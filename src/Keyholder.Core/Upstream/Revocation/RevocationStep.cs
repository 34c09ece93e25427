namespace Keyholder.Upstream.Revocation;

/// <summary>What came of one attempt.</summary>
/// <param name="Status">Pending = it is tried again.</param>
/// <param name="Reason">A word of <see cref="UpstreamRevocationReasons"/>.</param>
/// <param name="RetryAfter">When the provider wants to be asked again, if it said so.</param>
internal readonly record struct RevocationStep(UpstreamRevocationStatus Status, string Reason, TimeSpan? RetryAfter = null)
{
    public static RevocationStep Done(string reason) => new(UpstreamRevocationStatus.Done, reason);

    public static RevocationStep Failed(string reason) => new(UpstreamRevocationStatus.Failed, reason);

    public static RevocationStep Again(string reason, TimeSpan? retryAfter = null) => new(UpstreamRevocationStatus.Pending, reason, retryAfter);
}
