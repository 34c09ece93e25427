namespace Keyholder.Upstream;

/// <summary>A provider's metadata, or why it cannot be had.</summary>
/// <param name="Metadata">The metadata; null unless <paramref name="Outcome"/> is succeeded.</param>
/// <param name="Outcome">Succeeded, rejected (unusable) or unavailable (try later).</param>
/// <param name="Debug">The private reason of a failure.</param>
internal sealed record ProviderMetadataResult(ProviderMetadata? Metadata, LegOutcome Outcome, string? Debug)
{
    /// <summary>Whether there is no document at all, as against one that cannot be used.</summary>
    public bool Missing { get; init; }

    public static ProviderMetadataResult Of(ProviderMetadata metadata) => new(metadata, LegOutcome.Succeeded, null);

    public static ProviderMetadataResult Rejected(string debug) => new(null, LegOutcome.Rejected, debug);

    public static ProviderMetadataResult Unavailable(string debug) => new(null, LegOutcome.Unavailable, debug);
}
