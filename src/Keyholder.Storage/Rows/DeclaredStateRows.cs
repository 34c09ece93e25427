using Keyholder.Users;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage.Rows;

/// <summary>Reading what a declaration is compared with, alike in every backend but for how a JSON list becomes rows.</summary>
internal static class DeclaredStateRows
{
    /// <summary>The grants of keys that were ever declared: key, resource, tools.</summary>
    public const string SelectGrants = """
        SELECT key_id, resource, tools FROM virtual_key_grants WHERE key_id IN (SELECT id FROM virtual_keys WHERE declared IS NOT NULL)
        """;

    /// <summary>Every key that was ever declared or has one of the names.</summary>
    /// <param name="names">What gives the names as rows.</param>
    public static string SelectKeys(string names) => $"SELECT {VirtualKeyColumns.All} FROM virtual_keys WHERE declared IS NOT NULL OR name IN ({names})";

    /// <summary>The users meant by sign-in names and ids: kind (0 = name, 1 = id), text, id, whether active.</summary>
    /// <param name="names">What gives the sign-in names as rows.</param>
    /// <param name="ids">What gives the ids as rows.</param>
    public static string SelectOwners(string names, string ids) => $"""
        SELECT 0, local_users.name, users.id, users.disabled_at IS NULL FROM local_users JOIN users ON users.id = local_users.user_id WHERE local_users.name IN ({names})
        UNION ALL
        SELECT 1, id, id, disabled_at IS NULL FROM users WHERE id IN ({ids})
        """;

    /// <summary>The declared names, as a JSON list.</summary>
    public static string NamesOf(Declaration declaration) => JsonText.Write([.. declaration.Keys.Select(key => key.Name)]);

    /// <summary>The owners as they are declared, as a JSON list.</summary>
    public static string OwnerIdsOf(Declaration declaration) => JsonText.Write([.. OwnersOf(declaration)]);

    /// <summary>Those that can be sign-in names, as these are stored, as a JSON list.</summary>
    public static string OwnerNamesOf(Declaration declaration) => JsonText.Write([.. OwnersOf(declaration).Select(LocalUserName.Normalize).OfType<string>().Distinct()]);

    /// <summary>Puts the rows together. As on the command line, a sign-in name goes before an id.</summary>
    public static DeclaredState Collect(
        Declaration declaration,
        IReadOnlyList<VirtualKey> keys,
        IReadOnlyList<(string KeyId, Grant Grant)> grants,
        IReadOnlyList<(bool ById, string Text, string Id, bool IsActive)> users)
    {
        var byName = users.Where(user => !user.ById).ToDictionary(user => user.Text, StringComparer.Ordinal);
        var byId = users.Where(user => user.ById).ToDictionary(user => user.Text, StringComparer.Ordinal);
        var owners = new Dictionary<string, (string, bool)>(StringComparer.Ordinal);
        foreach (var owner in OwnersOf(declaration))
        {
            if ((LocalUserName.Normalize(owner) is { } name && byName.TryGetValue(name, out var user)) || byId.TryGetValue(owner, out user))
            {
                owners.Add(owner, (user.Id, user.IsActive));
            }
        }

        return new DeclaredState(keys, grants, owners);
    }

    private static IEnumerable<string> OwnersOf(Declaration declaration) => declaration.Keys.Select(key => key.Owner).OfType<string>().Distinct(StringComparer.Ordinal);
}
