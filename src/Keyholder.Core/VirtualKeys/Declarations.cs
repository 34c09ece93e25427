using Keyholder.Audit;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.VirtualKeys;

/// <summary>Makes storage follow what the configuration declares: at every start, and when a running server takes a changed configuration over.</summary>
public sealed partial class Declarations(IDeclarationStore store, VirtualKeyAccesses accesses, TimeProvider time, ILogger<Declarations> logger)
{
    /// <summary>Makes storage follow, whole or, with a problem, not at all. Whatever it throws means that nothing was changed.</summary>
    /// <param name="declaration">What the configuration says.</param>
    /// <param name="record">What is recorded with it in any case but a problem, in the same transaction; null = nothing more than what changes.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<DeclarationResult> ApplyAsync(Declaration declaration, AuditEvent? record, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var audit = new AuditEvent { At = now, Action = AuditActions.GrantChanged, Actor = "system", Target = "configuration" };
        var result = await store.ApplyAsync(declaration, audit, record, now, cancellationToken);

        // The log says so too, a moment later.
        accesses.ForgetAll();
        if (result.Plan.Problems.Count == 0 && !(result.Plan.IsEmpty && result.Reconciled.IsEmpty))
        {
            var (orphaned, restored, flows) = result.Reconciled;
            LogFollowed(result.Plan.Created.Count, result.Plan.Changed.Count, result.Plan.Grants.Count, orphaned, restored, flows);
        }

        return result;
    }

    [LoggerMessage(2302, LogLevel.Information, "Virtual keys follow the configuration: {Created} made, {Changed} changed, {Grants} grants changed; {Orphaned} credentials orphaned, {Restored} restored, {Flows} pending flows deleted")]
    private partial void LogFollowed(int created, int changed, int grants, int orphaned, int restored, int flows);
}
