using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>What one credential is good for.</summary>
internal sealed record CredentialAuthorization
{
    /// <summary>Somebody has to connect (again).</summary>
    public static CredentialAuthorization ReconnectRequired { get; } = new() { Outcome = UpstreamAuthorizationOutcome.ReconnectRequired };

    public required UpstreamAuthorizationOutcome Outcome { get; init; }

    /// <summary>The token set or header set; only when available. Secret.</summary>
    public CredentialSecret? Secret { get; init; }

    /// <summary>Whom it may be used for; null = whoever its key says.</summary>
    public CredentialBinding? Binding { get; init; }

    /// <summary>The version of its row; 0 for one that could not be stored.</summary>
    public long Version { get; init; }

    /// <inheritdoc cref="CredentialUse.Renewable" />
    public bool Renewable { get; init; }

    /// <inheritdoc cref="CredentialUse.Renewed" />
    public bool Renewed { get; init; }

    /// <inheritdoc cref="CredentialUse.Retry" />
    public RefusalRetry? Retry { get; init; }

    /// <inheritdoc cref="StoredCredential.Refusals" />
    public IReadOnlyList<CredentialRefusal> Refusals { get; init; } = [];

    /// <summary>When to try again; only when temporarily unavailable.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <inheritdoc cref="StoredCredential.RefusalBy" />
    public CredentialRefusal? RefusalBy(string resource) => CredentialRefusal.By(resource, Refusals);

    public override string ToString() => $"credential authorization ({Outcome})";
}
