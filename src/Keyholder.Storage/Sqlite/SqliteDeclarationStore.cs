using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteDeclarationStore(SqliteDatabase database, RevocationSubscribers subscribers) : IDeclarationStore
{
    public async Task<DeclarationResult> ApplyAsync(Declaration declaration, AuditEvent audit, AuditEvent? record, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync(connection => Apply(connection, declaration, audit, record, now), cancellationToken);
        subscribers.Signal();
        return result;
    }

    // A transition, because it reads with more than one statement.
    public Task<DeclarationPlan> PlanAsync(Declaration declaration, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => DeclarationPolicy.Plan(declaration, DeclarationRows.Read(connection, declaration), now), cancellationToken);

    private static DeclarationResult Apply(PreparedConnection connection, Declaration declaration, AuditEvent audit, AuditEvent? record, DateTimeOffset now)
    {
        var plan = DeclarationPolicy.Plan(declaration, DeclarationRows.Read(connection, declaration), now);
        if (plan.Problems.Count > 0)
        {
            return new DeclarationResult(plan, default);
        }

        if (!plan.IsEmpty)
        {
            DeclarationRows.Write(connection, plan, audit, now);
            RevocationRows.AppendNotices(connection, RevocationTargetKind.VirtualKey, JsonText.Write(plan.Concerned), now);
        }

        var otherResources = ResourceMirrorRows.Write(connection, declaration.Resources);
        if (otherResources && connection.Any("SELECT 1 FROM virtual_keys LIMIT 1"))
        {
            RevocationRows.AppendNotice(connection, RevocationNotice.Of(new(RevocationTargetKind.All, ""), now));
        }

        if (record is not null)
        {
            AuditRows.Append(connection, record);
        }

        return new DeclarationResult(plan, otherResources || plan.Grants.Count > 0 ? Reconciliation.OfAll(connection, audit, now) : default);
    }
}
