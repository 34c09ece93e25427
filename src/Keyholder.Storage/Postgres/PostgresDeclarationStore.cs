using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresDeclarationStore(PostgresDatabase database) : IDeclarationStore
{
    public Task<DeclarationResult> ApplyAsync(Declaration declaration, AuditEvent audit, AuditEvent? record, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                // Nodes that start together wait here for as long as the others need.
                await statements.ExecuteAsync("SET LOCAL lock_timeout = 0");
                await statements.LockAsync(PostgresLocks.Grants);
                var plan = DeclarationPolicy.Plan(declaration, await DeclarationRows.ReadAsync(statements, declaration), now);
                return plan.Problems.Count > 0
                    ? new DeclarationResult(plan, default)
                    : new DeclarationResult(plan, await ApplyAsync(statements, declaration, plan, audit, record, now));
            },
            cancellationToken);

    public Task<DeclarationPlan> PlanAsync(Declaration declaration, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(async statements => DeclarationPolicy.Plan(declaration, await DeclarationRows.ReadAsync(statements, declaration), now), cancellationToken);

    private static async Task<ReconcileResult> ApplyAsync(
        PostgresStatements statements, Declaration declaration, DeclarationPlan plan, AuditEvent audit, AuditEvent? record, DateTimeOffset now)
    {
        if (!plan.IsEmpty)
        {
            await DeclarationRows.WriteAsync(statements, plan, audit, now);
        }

        var otherResources = await ResourceMirrorRows.WriteAsync(statements, declaration.Resources);
        var result = otherResources || plan.Grants.Count > 0 ? await Reconciliation.OfAllAsync(statements, audit, now) : default;
        if (record is not null)
        {
            await AuditRows.AppendAsync(statements, record);
        }

        // The lock of the log comes last.
        if (plan.Concerned is { Count: > 0 } concerned)
        {
            await RevocationRows.AppendNoticesAsync(statements, RevocationTargetKind.VirtualKey, JsonText.Write(concerned), now);
        }

        if (otherResources && await statements.AnyAsync("SELECT 1 FROM virtual_keys LIMIT 1"))
        {
            await RevocationRows.AppendNoticeAsync(statements, RevocationNotice.Of(new(RevocationTargetKind.All, ""), now));
        }

        return result;
    }
}
