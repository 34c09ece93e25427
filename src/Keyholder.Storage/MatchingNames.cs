namespace Keyholder.Storage;

/// <summary>Whose sessions a text means: ids of clients, users and virtual keys.</summary>
internal sealed record MatchingNames(List<string> Clients, List<string> Users, List<string> Keys)
{
    public int Count => Clients.Count + Users.Count + Keys.Count;
}
