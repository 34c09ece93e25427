using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Postgres;

/// <summary>What storage knows of the configured resources: rows of <c>resource_providers</c>, and the configured ones of <c>grants_to_all</c>.</summary>
internal static class ResourceMirrorRows
{
    /// <summary>Makes them equal to the mirror; false when they were. The caller has <see cref="PostgresLocks.Grants"/> alone.</summary>
    public static async Task<bool> WriteAsync(PostgresStatements statements, ResourceMirror mirror)
    {
        var providers = await statements.QueryAsync(
            "SELECT resource, provider FROM resource_providers ORDER BY resource, provider", row => (row.GetString(0), row.GetString(1)));
        var toAll = await statements.QueryAsync("SELECT resource FROM grants_to_all WHERE configured ORDER BY resource", row => row.GetString(0));
        if (providers.SequenceEqual(mirror.Providers) && toAll.SequenceEqual(mirror.GrantedToAll))
        {
            return false;
        }

        await statements.ExecuteAsync("DELETE FROM resource_providers");
        await statements.ExecuteAsync("DELETE FROM grants_to_all WHERE configured");
        await statements.ExecuteAsync(
            """
            INSERT INTO resource_providers (resource, provider)
            SELECT resource, provider FROM ROWS FROM (jsonb_array_elements_text(@resources::jsonb), jsonb_array_elements_text(@providers::jsonb)) AS pairs (resource, provider)
            """,
            ("resources", JsonText.Write([.. mirror.Providers.Select(pair => pair.Resource)])),
            ("providers", JsonText.Write([.. mirror.Providers.Select(pair => pair.Provider)])));
        await statements.ExecuteAsync(
            "INSERT INTO grants_to_all (resource, configured) SELECT jsonb_array_elements_text(@resources::jsonb), true", ("resources", JsonText.Write(mirror.GrantedToAll)));
        return true;
    }
}
