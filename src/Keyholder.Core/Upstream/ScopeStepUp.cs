using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Upstream.Discovery;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>
/// Lets people grant more when an upstream says that the scopes of its token do not suffice (RFC 6750 section 3.1). Only for credentials found by discovery whose scopes
/// the operator left open: elsewhere the operator said what to ask for.
/// </summary>
public sealed class ScopeStepUp(CredentialVault vault, ICredentialRefusalStore demands, TimeProvider time)
{
    private const int MaxAttempts = 4;

    /// <summary>The scopes an answer with status 403 asks for, when a new connection could grant them; null otherwise.</summary>
    /// <param name="resource">The resource that was called.</param>
    /// <param name="challenges">The values of <c>WWW-Authenticate</c>.</param>
    public static IReadOnlyList<string>? Missing(Resource resource, IEnumerable<string> challenges) =>
        ProviderOf(resource) is not null && UpstreamChallenge.Find(challenges) is { Error: "insufficient_scope" } challenge
            ? ProtectedResourcePolicy.ScopesOf(challenge)
            : null;

    /// <summary>Records what the credential lacks, so that the next connection, on whatever node, asks for it too. The credential goes on serving what it was granted.</summary>
    /// <param name="resource">The resource that was called.</param>
    /// <param name="used">What went out.</param>
    /// <param name="scopes">What <see cref="Missing"/> found.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Who has to be connected again; null when that was done lately for the same scopes, when it is too much, when the credential changed meanwhile, or when it is shared:
    /// what one caller lacks takes nothing from the others.
    /// </returns>
    public async Task<UpstreamAuthorization?> BeginAsync(
        Resource resource, UpstreamAuthorization used, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        if (ProviderOf(resource) is not { } provider
            || used.Used.FirstOrDefault(u => u.Key.Provider == provider.Name) is not { Key.Owner.Kind: not CredentialOwnerKind.Shared } use)
        {
            return null;
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var found = await vault.FindAsync(use.Key, cancellationToken);
            if (found is not { Row: { } row, Secret: not null } || row.Version != use.Version)
            {
                return null;
            }

            var now = time.GetUtcNow();
            var (verdict, demand) = ScopeDemandPolicy.Judge(row.DemandOf(resource.Name), resource.Name, scopes, now);
            if (verdict == ScopeDemandVerdict.Refuse)
            {
                return null;
            }

            if (verdict == ScopeDemandVerdict.Standing
                || await demands.DemandAsync(row, demand!, Event(row.Key, resource, now), CancellationToken.None) == ScopeDemandOutcome.Recorded)
            {
                return UpstreamAuthorization.Lacks([provider]);
            }
        }

        return null;
    }

    private static AuditEvent Event(CredentialKey key, Resource resource, DateTimeOffset now) =>
        new() { At = now, Action = AuditActions.CredentialScopesDemanded, Actor = "system", Target = $"credential:{key}", Reason = "resource:" + resource.Name };

    private static Provider? ProviderOf(Resource resource) =>
        resource.Providers.Select(p => p.Provider).FirstOrDefault(p => p is { Discovery: not null, Scopes.Count: 0 });
}
