using System.Data.Common;
using Keyholder.Vault;

namespace Keyholder.Storage.Rows;

/// <summary>Pages of credentials, in the words both backends share: <c>@now</c> and the parameters of the filters that are set.</summary>
internal static class CredentialListingColumns
{
    private const string UserName = "(SELECT display_name FROM users WHERE credentials.owner_kind = 'user' AND users.id = credentials.owner_id)";
    private const string LocalName = "(SELECT local_users.name FROM local_users WHERE credentials.owner_kind = 'user' AND local_users.user_id = credentials.owner_id)";
    private const string KeyName = "(SELECT virtual_keys.name FROM virtual_keys WHERE credentials.owner_kind = 'vk' AND virtual_keys.id = credentials.owner_id)";

    /// <summary>What a listing is read from.</summary>
    /// <param name="lists">How a backend reads what comes with a credential, as for <see cref="CredentialColumns.With"/>.</param>
    public static string Select(string lists) => $"""
        SELECT {CredentialColumns.With(lists)}, coalesce({UserName}, {KeyName}),
          EXISTS (
            SELECT 1 FROM connection_flows
            WHERE connection_flows.owner_kind = credentials.owner_kind AND connection_flows.owner_id = credentials.owner_id
              AND connection_flows.provider = credentials.provider AND connection_flows.claimed_at IS NULL AND connection_flows.expires_at > @now)
        FROM credentials
        """;

    public static CredentialListing Read(DbDataReader row) => new(CredentialColumns.Read(row), row.TextOrNull(CredentialColumns.Count), row.GetBoolean(CredentialColumns.Count + 1));

    /// <summary>One page.</summary>
    /// <param name="query">What is asked for.</param>
    /// <param name="lists">As for <see cref="Select"/>.</param>
    /// <param name="contains">How a backend finds <c>@pattern</c> in a column, ASCII case aside.</param>
    /// <param name="texts">How a backend reads a parameter that is a JSON list of texts.</param>
    public static string Page(CredentialQuery query, string lists, Func<string, string> contains, Func<string, string> texts) =>
        $"{Select(lists)} WHERE TRUE"
        + (query.VisibleToUser is null ? "" : " AND ((owner_kind = 'user' AND owner_id = @user) OR bound_subject = @bound)")
        + (query.OwnerKind is null ? "" : " AND owner_kind = @kind_of_owner")
        + (query.Owner is null ? "" : " AND owner_kind = @owner_kind AND owner_id = @owner_id")
        + (query.Providers is null ? "" : $" AND provider IN ({texts("@providers")})")
        + (query.Status is null ? "" : " AND status = @status")
        + (query.Kind is null ? "" : " AND kind = @kind")
        + (query.After is null ? "" : " AND (created_at, row_id) < (@after_at, @after_id)")
        + (query.Text is null
            ? ""
            : $" AND (provider IN ({texts("@matching")}) OR {string.Join(" OR ", new[] { "provider", "provider_subject", "owner_id", UserName, LocalName, KeyName }.Select(contains))})")
        + " ORDER BY created_at DESC, row_id DESC LIMIT @limit";

    /// <summary>The filters' values, by name without the mark.</summary>
    public static IEnumerable<(string Name, string? Value)> Values(CredentialQuery query) =>
    [
        ("user", query.VisibleToUser),
        ("bound", query.VisibleToUser is { } user ? Sessions.Subject.User(user).ToString() : null),
        ("kind_of_owner", query.OwnerKind is { } ownerKind ? StoredWords.OwnerKind.Write(ownerKind) : null),
        ("owner_kind", query.Owner?.KindName),
        ("owner_id", query.Owner?.Id),
        ("providers", JsonText.Write(query.Providers ?? [])),
        ("status", query.Status is { } status ? StoredWords.CredentialStatus.Write(status) : null),
        ("kind", query.Kind is { } kind ? StoredWords.CredentialKind.Write(kind) : null),
        ("matching", JsonText.Write(query.MatchingProviders)),
        ("pattern", query.Text is { } text ? LikePattern.Containing(text) : null),
    ];
}
