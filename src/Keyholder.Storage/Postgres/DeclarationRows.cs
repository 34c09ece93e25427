using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of declared virtual keys and their grants, any number with each statement.</summary>
internal static class DeclarationRows
{
    private static readonly string SelectKeys = DeclaredStateRows.SelectKeys("SELECT jsonb_array_elements_text(@names::jsonb)");
    private static readonly string SelectOwners = DeclaredStateRows.SelectOwners("SELECT jsonb_array_elements_text(@names::jsonb)", "SELECT jsonb_array_elements_text(@ids::jsonb)");

    public static async Task<DeclaredState> ReadAsync(PostgresStatements statements, Declaration declaration)
    {
        var keys = await statements.QueryAsync(SelectKeys, VirtualKeyColumns.Read, ("names", DeclaredStateRows.NamesOf(declaration)));
        var grants = await statements.QueryAsync(
            DeclaredStateRows.SelectGrants, row => (row.GetString(0), new Grant(row.GetString(1), row.IsDBNull(2) ? null : row.List(2))));
        var users = await statements.QueryAsync(
            SelectOwners,
            row => (row.GetInt32(0) == 1, row.GetString(1), row.GetString(2), row.GetBoolean(3)),
            ("names", DeclaredStateRows.OwnerNamesOf(declaration)),
            ("ids", DeclaredStateRows.OwnerIdsOf(declaration)));
        return DeclaredStateRows.Collect(declaration, keys, grants, users);
    }

    /// <summary>Carries a plan without problems out and records it. The caller has <see cref="PostgresLocks.Grants"/> alone.</summary>
    public static async Task WriteAsync(PostgresStatements statements, DeclarationPlan plan, AuditEvent audit, DateTimeOffset now)
    {
        var concerned = JsonText.Write(plan.Concerned);

        // In id order, as everybody takes several keys.
        await statements.AnyAsync(
            """
            SELECT count(*) FROM (
              SELECT 1 FROM virtual_keys WHERE id IN (SELECT jsonb_array_elements_text(@ids::jsonb)) ORDER BY id FOR UPDATE) AS locked
            """,
            ("ids", concerned));
        await statements.ExecuteAsync(
            """
            INSERT INTO virtual_keys (id, name, owner_user_id, generation, secret_hash, secret_issued_at, created_at, expires_at, declared)
            SELECT id, name, owner, 1, decode(secret_hash, 'hex'), @now, @now, expires_at, true
            FROM jsonb_to_recordset(@keys::jsonb) AS key (id text, name text, owner text, secret_hash text, expires_at bigint)
            """,
            ("keys", DeclarationJson.Keys(plan.Created)),
            ("now", now));
        await statements.ExecuteAsync(
            """
            UPDATE virtual_keys
            SET owner_user_id = key.owner, expires_at = key.expires_at, deactivated_at = key.deactivated_at, declared = key.declared, withdrawn = key.withdrawn
            FROM jsonb_to_recordset(@keys::jsonb) AS key (id text, owner text, expires_at bigint, deactivated_at bigint, declared boolean, withdrawn boolean)
            WHERE virtual_keys.id = key.id
            """,
            ("keys", DeclarationJson.Keys(plan.Changed.Select(change => change.After))));
        await WriteGrantsAsync(statements, plan, now);
        await statements.ExecuteAsync(
            $"""
            INSERT INTO audit_events ({AuditColumns.All})
            SELECT @at, action, @actor, target, reason, @remote_address, @request_id
            FROM jsonb_to_recordset(@events::jsonb) AS event (action text, target text, reason text)
            """,
            ("events", DeclarationJson.Events(plan)),
            ("at", audit.At),
            ("actor", audit.Actor),
            ("remote_address", audit.RemoteAddress),
            ("request_id", audit.RequestId));
    }

    private static async Task WriteGrantsAsync(PostgresStatements statements, DeclarationPlan plan, DateTimeOffset now)
    {
        await statements.ExecuteAsync(
            """
            DELETE FROM virtual_key_grants USING jsonb_to_recordset(@grants::jsonb) AS gone (key_id text, resource text)
            WHERE virtual_key_grants.key_id = gone.key_id AND virtual_key_grants.resource = gone.resource
            """,
            ("grants", DeclarationJson.GrantsGone(plan)));
        await statements.ExecuteAsync(
            """
            INSERT INTO virtual_key_grants (key_id, resource, tools, granted_at)
            SELECT key_id, resource, tools, @now FROM jsonb_to_recordset(@grants::jsonb) AS given (key_id text, resource text, tools text)
            ON CONFLICT (key_id, resource) DO UPDATE SET tools = excluded.tools, granted_at = excluded.granted_at
            """,
            ("grants", DeclarationJson.GrantsAfter(plan)),
            ("now", now));
    }
}
