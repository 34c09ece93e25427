namespace Keyholder.Storage.Rows;

/// <summary>What reconciliation means in rows, the same in every backend.</summary>
internal static class ReconcileConditions
{
    /// <summary>Whether a grant covers the row of <c>credentials</c>.</summary>
    public const string CredentialIsCovered = $"{BeforeProvider}credentials.provider{BeforeOwner}credentials.owner_id{End}";

    /// <summary>Whether a grant covers the row of <c>connection_flows</c>.</summary>
    public const string FlowIsCovered = $"{BeforeProvider}connection_flows.provider{BeforeOwner}connection_flows.owner_id{End}";

    /// <summary>The key <c>@key</c>, if it can be used at <c>@now</c> and a grant gives it <c>@provider</c>.</summary>
    public const string EntitledKey = $"""
        SELECT 1 FROM virtual_keys
        WHERE id = @key AND deactivated_at IS NULL AND (expires_at IS NULL OR expires_at > @now) AND (secret_hash IS NOT NULL OR previous_expires_at > @now)
          AND (owner_user_id IS NULL OR EXISTS (SELECT 1 FROM users WHERE users.id = virtual_keys.owner_user_id AND users.disabled_at IS NULL))
          AND {BeforeProvider}@provider{BeforeOwner}virtual_keys.id{End}
        """;

    /// <summary>Rows of one key, <c>@key</c>.</summary>
    public const string OfOneKey = "owner_id = @key";

    /// <summary>Rows for the providers of one resource, <c>@resource</c>.</summary>
    public const string OfOneResource = "provider IN (SELECT provider FROM resource_providers WHERE resource = @resource)";

    /// <summary>All rows.</summary>
    public const string OfAll = "TRUE";

    private const string BeforeProvider = "EXISTS (SELECT 1 FROM resource_providers WHERE resource_providers.provider = ";

    private const string BeforeOwner = """
         AND (EXISTS (SELECT 1 FROM grants_to_all WHERE grants_to_all.resource = resource_providers.resource)
           OR EXISTS (SELECT 1 FROM virtual_key_grants WHERE virtual_key_grants.resource = resource_providers.resource AND virtual_key_grants.key_id =
        """;

    private const string End = ")))";

    /// <summary>Active credentials no grant covers.</summary>
    public const string ToOrphan = $"owner_kind = 'vk' AND status = 'active' AND NOT {CredentialIsCovered}";

    /// <summary>Orphaned credentials a grant covers.</summary>
    public const string ToRestore = $"owner_kind = 'vk' AND status = 'orphaned' AND {CredentialIsCovered}";

    /// <summary>Flows no grant covers and no callback came for.</summary>
    public const string FlowsToDelete = $"owner_kind = 'vk' AND claimed_at IS NULL AND NOT {FlowIsCovered}";

    /// <summary>Everything that is not as the grants say, in order: what, key, provider.</summary>
    public const string Plan = $"""
        SELECT 0 AS kind, owner_id, provider FROM credentials WHERE {ToOrphan}
        UNION ALL SELECT 1, owner_id, provider FROM credentials WHERE {ToRestore}
        UNION ALL SELECT 2, owner_id, provider FROM connection_flows WHERE {FlowsToDelete}
        ORDER BY owner_id, provider, kind LIMIT @limit
        """;
}
