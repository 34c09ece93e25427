using System.Data.Common;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Rows;

/// <summary>A virtual key joined with everything that decides what it may do.</summary>
internal static class GrantColumns
{
    private const int FirstOfGrant = 15;

    /// <summary>Selects one row per grant of the key <c>@id</c> and per resource granted to all; one row without either when there are none.</summary>
    public const string SelectAccess = $"""
        SELECT {VirtualKeyColumns.All}, granted.resource, granted.tools, granted.to_all,
               owner_user_id IS NULL OR EXISTS (SELECT 1 FROM users WHERE users.id = virtual_keys.owner_user_id AND users.disabled_at IS NULL)
        FROM virtual_keys LEFT JOIN (
          SELECT key_id, resource, tools, 0 AS to_all FROM virtual_key_grants WHERE key_id = @id
          UNION ALL
          SELECT DISTINCT @id, resource, NULL, 1 FROM grants_to_all
        ) AS granted ON granted.key_id = virtual_keys.id
        WHERE virtual_keys.id = @id
        ORDER BY granted.to_all, granted.resource
        """;

    /// <summary>Reads one row.</summary>
    public static (VirtualKey Key, bool OwnerIsActive, Grant? Grant, bool ToAll) Read(DbDataReader row) => (
        VirtualKeyColumns.Read(row),
        row.GetBoolean(FirstOfGrant + 3),
        row.IsDBNull(FirstOfGrant) ? null : new Grant(row.GetString(FirstOfGrant), row.IsDBNull(FirstOfGrant + 1) ? null : row.List(FirstOfGrant + 1)),
        !row.IsDBNull(FirstOfGrant + 2) && row.GetInt32(FirstOfGrant + 2) == 1);

    /// <summary>Puts the rows together; null when there are none.</summary>
    public static VirtualKeyAccess? Collect(IReadOnlyList<(VirtualKey Key, bool OwnerIsActive, Grant? Grant, bool ToAll)> rows) =>
        rows.Count == 0 ? null : new VirtualKeyAccess(
            rows[0].Key,
            rows[0].OwnerIsActive,
            [.. rows.Where(row => row is { Grant: not null, ToAll: false }).Select(row => row.Grant!)],
            [.. rows.Where(row => row is { Grant: not null, ToAll: true }).Select(row => row.Grant!.Resource)]);
}
