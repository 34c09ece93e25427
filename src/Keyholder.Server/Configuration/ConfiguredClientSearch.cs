namespace Keyholder.Server.Configuration;

/// <summary>Configured clients by what they are called: the database does not know them.</summary>
internal static class ConfiguredClientSearch
{
    /// <summary>Ids of the configured clients whose id or name holds the text, case aside.</summary>
    public static IReadOnlyList<string> ClientsMatching(this KeyholderConfiguration configuration, string text) =>
        [.. configuration.Clients.Where(client => Contains(client.Id, text) || Contains(client.Name, text)).Select(client => client.Id)];

    private static bool Contains(string? name, string text) => name?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
