using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Sqlite;

/// <summary>What storage knows of the configured resources: rows of <c>resource_providers</c>, and the configured ones of <c>grants_to_all</c>.</summary>
internal static class ResourceMirrorRows
{
    /// <summary>Makes them equal to the mirror; false when they were.</summary>
    public static bool Write(PreparedConnection connection, ResourceMirror mirror)
    {
        var providers = connection.Query("SELECT resource, provider FROM resource_providers ORDER BY resource, provider", row => (row.GetString(0), row.GetString(1)));
        var toAll = connection.Query("SELECT resource FROM grants_to_all WHERE configured ORDER BY resource", row => row.GetString(0));
        if (providers.SequenceEqual(mirror.Providers) && toAll.SequenceEqual(mirror.GrantedToAll))
        {
            return false;
        }

        connection.Execute("DELETE FROM resource_providers");
        connection.Execute("DELETE FROM grants_to_all WHERE configured");
        connection.Execute(
            "INSERT INTO resource_providers (resource, provider) SELECT resources.value, providers.value FROM json_each($resources) AS resources JOIN json_each($providers) AS providers USING (key)",
            ("$resources", JsonText.Write([.. mirror.Providers.Select(pair => pair.Resource)])),
            ("$providers", JsonText.Write([.. mirror.Providers.Select(pair => pair.Provider)])));
        connection.Execute("INSERT INTO grants_to_all (resource, configured) SELECT value, 1 FROM json_each($resources)", ("$resources", JsonText.Write(mirror.GrantedToAll)));
        return true;
    }
}
