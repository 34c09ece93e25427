using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>A provider ready to talk to, or why it is not.</summary>
/// <param name="Provider">The provider with issuer, client and scopes; null unless <paramref name="Outcome"/> is succeeded.</param>
/// <param name="Metadata">Its endpoints; null unless <paramref name="Outcome"/> is succeeded.</param>
/// <param name="Outcome">Succeeded, rejected (unusable) or unavailable (try later).</param>
/// <param name="Debug">The private reason of a failure.</param>
internal sealed record ResolvedProvider(Provider? Provider, ProviderMetadata? Metadata, LegOutcome Outcome, string? Debug)
{
    public static ResolvedProvider Of(Provider provider, ProviderMetadata metadata) => new(provider, metadata, LegOutcome.Succeeded, null);

    public static ResolvedProvider Failed(LegOutcome outcome, string? debug) => new(null, null, outcome, debug);

    /// <summary>Whether it is the issuer and client that are asked for; what is null is not asked for.</summary>
    public bool Fits(string? issuer, string? clientId) =>
        Provider is null || ((issuer is null || issuer == Provider.Issuer) && (clientId is null || clientId == Provider.ClientId));

    public override string ToString() => $"resolved provider ({Outcome})";
}
