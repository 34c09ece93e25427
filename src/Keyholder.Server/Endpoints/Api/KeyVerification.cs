using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>What opening everything the vault has sealed came to.</summary>
/// <param name="Opened">How much opened, by kind and key.</param>
/// <param name="Failed">How much did not.</param>
/// <param name="Failures">What did not open; the first <see cref="MaxFailures"/>.</param>
internal sealed record KeyVerification(IReadOnlyList<KeyVerification.OpenedWithKey> Opened, long Failed, IReadOnlyList<KeyVerification.Failure> Failures)
{
    /// <summary>How many failures are named.</summary>
    public const int MaxFailures = 500;

    /// <summary>What opened of one kind with one key.</summary>
    internal sealed record OpenedWithKey(string Kind, string Key, long Count);

    /// <summary>Something that does not open: <c>unknown_key</c>, <c>tampered</c> (changed, or lying where it was not sealed for) or <c>malformed</c>.</summary>
    internal sealed record Failure(string Kind, string Row, string Reason)
    {
        public static Failure Of(EnvelopeFailure failure) => new(SealedKinds.NameOf(failure.Kind), failure.Row, failure.Outcome switch
        {
            EnvelopeOutcome.UnknownKey => "unknown_key",
            EnvelopeOutcome.Tampered => "tampered",
            _ => "malformed",
        });
    }
}
