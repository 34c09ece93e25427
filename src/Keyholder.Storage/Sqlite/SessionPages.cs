using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>
/// Pages of sessions in a time that does not grow with their number. Without a text a page is a range of one index. A text is first looked up among the
/// names; when few names match, the newest sessions of each are merged, when many do, walking all from the newest finds a page soon.
/// </summary>
internal static class SessionPages
{
    private const int FewNames = 64;

    private const string NewestFirst = "ORDER BY created_at DESC, id DESC LIMIT $limit";

    /// <summary>The page.</summary>
    public static List<SessionListing> Read(PreparedConnection connection, SessionQuery query, DateTimeOffset now)
    {
        if (query.Text is not { } text)
        {
            return Newest(connection, query, now, "", [], []);
        }

        var pattern = LikePattern(text);
        List<string> clients = [.. ClientsNamed(connection, pattern).Union(query.MatchingClients)];
        var users = UsersNamed(connection, pattern);
        return (clients.Count + users.Count) switch
        {
            0 => [],
            <= FewNames => Merged(connection, query, now, clients, users),
            _ => Newest(connection, query, now, " AND (client_id IN (SELECT value FROM json_each($clients)) OR (subject_kind = 'user' AND subject_id IN (SELECT value FROM json_each($users))))", clients, users),
        };
    }

    private static List<SessionListing> Newest(PreparedConnection connection, SessionQuery query, DateTimeOffset now, string named, List<string> clients, List<string> users) =>
        Query(
            connection,
            $"""
            {SessionListingColumns.Select}
            FROM (SELECT * FROM sessions WHERE {Filters(query)}{named} {NewestFirst}) AS listed
            {SessionListingColumns.Names}
            ORDER BY listed.created_at DESC, listed.id DESC
            """,
            query,
            now,
            clients,
            users);

    private static List<SessionListing> Merged(PreparedConnection connection, SessionQuery query, DateTimeOffset now, List<string> clients, List<string> users)
    {
        var filters = Filters(query);
        return Query(
            connection,
            $"""
            WITH found (session) AS (
              SELECT sessions.rowid FROM json_each($clients) AS matched CROSS JOIN sessions ON sessions.rowid IN (
                SELECT rowid FROM sessions WHERE client_id = matched.value AND {filters} {NewestFirst})
              UNION
              SELECT sessions.rowid FROM json_each($users) AS matched CROSS JOIN sessions ON sessions.rowid IN (
                SELECT rowid FROM sessions WHERE subject_kind = 'user' AND subject_id = matched.value AND {filters} {NewestFirst})
            )
            {SessionListingColumns.Select}
            FROM (SELECT * FROM sessions WHERE rowid IN (SELECT session FROM found) {NewestFirst}) AS listed
            {SessionListingColumns.Names}
            ORDER BY listed.created_at DESC, listed.id DESC
            """,
            query,
            now,
            clients,
            users);
    }

    private static string Filters(SessionQuery query) =>
        "revoked_at IS NULL AND idle_expires_at > $now AND absolute_expires_at > $now"
        + (query.Subject is null ? "" : " AND subject_kind = $of_kind AND subject_id = $of_id")
        + (query.SubjectKind is null ? "" : query.Subject is null && query.ClientId is null ? " AND subject_kind = $kind" : " AND +subject_kind = $kind")
        + (query.ClientId is null ? "" : query.Subject is null ? " AND client_id = $client" : " AND +client_id = $client")
        + (query.After is null ? "" : " AND (created_at, id) < ($after_at, $after_id)");

    private static List<SessionListing> Query(PreparedConnection connection, string sql, SessionQuery query, DateTimeOffset now, List<string> clients, List<string> users) =>
        connection.Query(
            sql,
            SessionListingColumns.Read,
            ("$now", now),
            ("$limit", query.Limit),
            ("$kind", query.SubjectKind is { } kind ? StoredWords.SubjectKind.Write(kind) : null),
            ("$of_kind", query.Subject?.KindName),
            ("$of_id", query.Subject?.Id),
            ("$client", query.ClientId),
            ("$after_at", query.After?.CreatedAt),
            ("$after_id", query.After?.Id),
            ("$clients", JsonText.Write(clients)),
            ("$users", JsonText.Write(users)));

    /// <summary>Ids of clients with unrevoked sessions whose id or name matches, gone ones included: jumps from one id to the next in the index.</summary>
    private static List<string> ClientsNamed(PreparedConnection connection, string pattern) => connection.Query(
        """
        WITH RECURSIVE present (id) AS (
          SELECT min(client_id) FROM sessions WHERE revoked_at IS NULL
          UNION ALL
          SELECT (SELECT min(client_id) FROM sessions WHERE revoked_at IS NULL AND client_id > present.id) FROM present WHERE present.id IS NOT NULL
        )
        SELECT present.id FROM present LEFT JOIN clients ON clients.id = present.id
        WHERE present.id LIKE $pattern ESCAPE '\' OR clients.name LIKE $pattern ESCAPE '\'
        """,
        FirstColumn,
        ("$pattern", pattern));

    private static List<string> UsersNamed(PreparedConnection connection, string pattern) => connection.Query(
        """
        SELECT users.id FROM users LEFT JOIN local_users ON local_users.user_id = users.id
        WHERE users.display_name LIKE $pattern ESCAPE '\' OR local_users.name LIKE $pattern ESCAPE '\'
        """,
        FirstColumn,
        ("$pattern", pattern));

    private static string FirstColumn(SqliteDataReader row) => row.GetString(0);

    private static string LikePattern(string text) =>
        "%" + text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
