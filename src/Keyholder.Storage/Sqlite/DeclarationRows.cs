using Keyholder.Audit;
using Keyholder.Storage.Rows;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of declared virtual keys and their grants, any number with each statement.</summary>
internal static class DeclarationRows
{
    private static readonly string SelectKeys = DeclaredStateRows.SelectKeys("SELECT value FROM json_each($names)");
    private static readonly string SelectOwners = DeclaredStateRows.SelectOwners("SELECT value FROM json_each($names)", "SELECT value FROM json_each($ids)");

    public static DeclaredState Read(PreparedConnection connection, Declaration declaration)
    {
        var keys = connection.Query(SelectKeys, VirtualKeyColumns.Read, ("$names", DeclaredStateRows.NamesOf(declaration)));
        var grants = connection.Query(
            DeclaredStateRows.SelectGrants, row => (row.GetString(0), new Grant(row.GetString(1), row.IsDBNull(2) ? null : row.List(2))));
        var users = connection.Query(
            SelectOwners,
            row => (row.GetInt32(0) == 1, row.GetString(1), row.GetString(2), row.GetBoolean(3)),
            ("$names", DeclaredStateRows.OwnerNamesOf(declaration)),
            ("$ids", DeclaredStateRows.OwnerIdsOf(declaration)));
        return DeclaredStateRows.Collect(declaration, keys, grants, users);
    }

    /// <summary>Carries a plan without problems out and records it.</summary>
    public static void Write(PreparedConnection connection, DeclarationPlan plan, AuditEvent audit, DateTimeOffset now)
    {
        connection.Execute(
            """
            INSERT INTO virtual_keys (id, name, owner_user_id, generation, secret_hash, secret_issued_at, created_at, expires_at, declared)
            SELECT value ->> 'id', value ->> 'name', value ->> 'owner', 1, unhex(value ->> 'secret_hash'), $now, $now, value ->> 'expires_at', 1 FROM json_each($keys)
            """,
            ("$keys", DeclarationJson.Keys(plan.Created)),
            ("$now", now));
        connection.Execute(
            """
            UPDATE virtual_keys
            SET owner_user_id = value ->> 'owner', expires_at = value ->> 'expires_at', deactivated_at = value ->> 'deactivated_at',
                declared = value ->> 'declared', withdrawn = value ->> 'withdrawn'
            FROM json_each($keys) WHERE virtual_keys.id = value ->> 'id'
            """,
            ("$keys", DeclarationJson.Keys(plan.Changed.Select(change => change.After))));
        connection.Execute(
            "DELETE FROM virtual_key_grants WHERE (key_id, resource) IN (SELECT value ->> 'key_id', value ->> 'resource' FROM json_each($grants))",
            ("$grants", DeclarationJson.GrantsGone(plan)));
        connection.Execute(
            """
            INSERT INTO virtual_key_grants (key_id, resource, tools, granted_at)
            SELECT value ->> 'key_id', value ->> 'resource', value ->> 'tools', $now FROM json_each($grants) WHERE true
            ON CONFLICT (key_id, resource) DO UPDATE SET tools = excluded.tools, granted_at = excluded.granted_at
            """,
            ("$grants", DeclarationJson.GrantsAfter(plan)),
            ("$now", now));
        connection.Execute(
            $"""
            INSERT INTO audit_events ({AuditColumns.All})
            SELECT $at, value ->> 'action', $actor, value ->> 'target', value ->> 'reason', $remote_address, $request_id FROM json_each($events)
            """,
            ("$events", DeclarationJson.Events(plan)),
            ("$at", audit.At),
            ("$actor", audit.Actor),
            ("$remote_address", audit.RemoteAddress),
            ("$request_id", audit.RequestId));
    }
}
