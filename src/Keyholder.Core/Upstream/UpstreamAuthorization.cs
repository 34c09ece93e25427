using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>What goes out to an upstream instead of the client's token. Immutable, so a warm one is handed out again and again.</summary>
public sealed record UpstreamAuthorization
{
    /// <summary>Nothing has to be added.</summary>
    public static UpstreamAuthorization Nothing { get; } = new() { Outcome = UpstreamAuthorizationOutcome.Available };

    /// <summary>There is nothing to be had for this caller, for now.</summary>
    public static UpstreamAuthorization Refused { get; } = new() { Outcome = UpstreamAuthorizationOutcome.Refused };

    public required UpstreamAuthorizationOutcome Outcome { get; init; }

    /// <summary>Headers to set on the forwarded request, <c>Authorization</c> included. Secret.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The credentials the headers come from, in the order of the resource's providers.</summary>
    public IReadOnlyList<CredentialUse> Used { get; init; } = [];

    /// <summary>The required providers somebody has to connect (again), for <see cref="UpstreamAuthorizationOutcome.ReconnectRequired"/>.</summary>
    public IReadOnlyList<Provider> Lacking { get; init; } = [];

    /// <summary>The providers a request can do without that somebody would have to connect (again), for <see cref="UpstreamAuthorizationOutcome.Available"/>.</summary>
    public IReadOnlyList<Provider> LeftOut { get; init; } = [];

    /// <summary>Whether it was made because the one before it had been rejected: an upstream that refuses this one will refuse the next one too. Only of an exchanged token; credentials say so one by one (<see cref="Used"/>).</summary>
    public bool Renewed { get; init; }

    /// <summary>Whether a credential of it is tried although the resource refused it: an upstream that takes it is reported with <see cref="IUpstreamAuthorizer.AcceptedAsync"/>.</summary>
    public bool IsRetry { get; init; }

    /// <summary>When to try again, for <see cref="UpstreamAuthorizationOutcome.TemporarilyUnavailable"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>These providers have to be connected (again).</summary>
    public static UpstreamAuthorization Lacks(IReadOnlyList<Provider> providers) => new() { Outcome = UpstreamAuthorizationOutcome.ReconnectRequired, Lacking = providers };

    /// <summary>A provider cannot be reached.</summary>
    public static UpstreamAuthorization Unavailable(TimeSpan retryAfter) => new() { Outcome = UpstreamAuthorizationOutcome.TemporarilyUnavailable, RetryAfter = retryAfter };

    /// <inheritdoc />
    public override string ToString() => $"upstream authorization ({Outcome})";
}
