namespace Keyholder.Upstream;

/// <summary>What goes out to an upstream instead of the client's token. Immutable, so a warm one is handed out again and again.</summary>
public sealed record UpstreamAuthorization
{
    /// <summary>Nothing has to be added.</summary>
    public static UpstreamAuthorization Nothing { get; } = new() { Outcome = UpstreamAuthorizationOutcome.Available };

    /// <summary>The person has to connect (again).</summary>
    public static UpstreamAuthorization ReconnectRequired { get; } = new() { Outcome = UpstreamAuthorizationOutcome.ReconnectRequired };

    public required UpstreamAuthorizationOutcome Outcome { get; init; }

    /// <summary>Headers to set on the forwarded request, <c>Authorization</c> included. Secret.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The credential's version, so that a rejected one is refreshed at most once; 0 when there is none to refresh.</summary>
    public long CredentialVersion { get; init; }

    /// <summary>Whether the provider issued it just now: an upstream that refuses it will refuse the next one too.</summary>
    public bool Renewed { get; init; }

    /// <summary>When to try again, for <see cref="UpstreamAuthorizationOutcome.TemporarilyUnavailable"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"upstream authorization ({Outcome})";
}
