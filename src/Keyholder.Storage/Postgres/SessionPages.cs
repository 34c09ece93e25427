using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// Pages of sessions in a time that does not grow with their number. Without a text a page is a range of one index. A text is first looked up among the
/// names; when few names match, the newest sessions of each are merged, when many do, walking all from the newest finds a page soon.
/// </summary>
internal static class SessionPages
{
    private const int FewNames = 64;

    private const string NewestFirst = "ORDER BY created_at DESC, id DESC LIMIT @limit";

    // The collation makes lower() change ASCII letters only.
    private const string IsLikePattern = """ COLLATE "C") LIKE lower(@pattern COLLATE "C") ESCAPE '\' """;

    /// <summary>The page.</summary>
    public static async Task<List<SessionListing>> ReadAsync(PostgresStatements statements, SessionQuery query, DateTimeOffset now)
    {
        if (query.Text is not { } text)
        {
            return await NewestAsync(statements, query, now, "", [], []);
        }

        var pattern = LikePattern(text);
        List<string> clients = [.. (await ClientsNamedAsync(statements, pattern)).Union(query.MatchingClients)];
        var users = await UsersNamedAsync(statements, pattern);
        return (clients.Count + users.Count) switch
        {
            0 => [],
            <= FewNames => await MergedAsync(statements, query, now, clients, users),
            _ => await NewestAsync(
                statements,
                query,
                now,
                """
                 AND (client_id IN (SELECT jsonb_array_elements_text(@clients::jsonb))
                   OR (subject_kind = 'user' AND subject_id IN (SELECT jsonb_array_elements_text(@users::jsonb))))
                """,
                clients,
                users),
        };
    }

    private static Task<List<SessionListing>> NewestAsync(PostgresStatements statements, SessionQuery query, DateTimeOffset now, string named, List<string> clients, List<string> users) =>
        QueryAsync(
            statements,
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

    private static Task<List<SessionListing>> MergedAsync(PostgresStatements statements, SessionQuery query, DateTimeOffset now, List<string> clients, List<string> users)
    {
        var filters = Filters(query);
        return QueryAsync(
            statements,
            $"""
            WITH found AS (
              SELECT newest.id FROM jsonb_array_elements_text(@clients::jsonb) AS matched (name) CROSS JOIN LATERAL (
                SELECT id FROM sessions WHERE client_id = matched.name AND {filters} {NewestFirst}) AS newest
              UNION
              SELECT newest.id FROM jsonb_array_elements_text(@users::jsonb) AS matched (name) CROSS JOIN LATERAL (
                SELECT id FROM sessions WHERE subject_kind = 'user' AND subject_id = matched.name AND {filters} {NewestFirst}) AS newest
            )
            {SessionListingColumns.Select}
            FROM (SELECT * FROM sessions WHERE id IN (SELECT id FROM found) {NewestFirst}) AS listed
            {SessionListingColumns.Names}
            ORDER BY listed.created_at DESC, listed.id DESC
            """,
            query,
            now,
            clients,
            users);
    }

    private static string Filters(SessionQuery query) =>
        "revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now"
        + (query.Subject is null ? "" : " AND subject_kind = @of_kind AND subject_id = @of_id")
        + (query.SubjectKind is null ? "" : " AND subject_kind = @kind")
        + (query.ClientId is null ? "" : " AND client_id = @client")
        + (query.After is null ? "" : " AND (created_at, id) < (@after_at, @after_id)");

    private static Task<List<SessionListing>> QueryAsync(PostgresStatements statements, string sql, SessionQuery query, DateTimeOffset now, List<string> clients, List<string> users) =>
        statements.QueryAsync(
            sql,
            SessionListingColumns.Read,
            ("now", now),
            ("limit", query.Limit),
            ("kind", query.SubjectKind is { } kind ? StoredWords.SubjectKind.Write(kind) : null),
            ("of_kind", query.Subject?.KindName),
            ("of_id", query.Subject?.Id),
            ("client", query.ClientId),
            ("after_at", query.After?.CreatedAt),
            ("after_id", query.After?.Id.ToArray()),
            ("clients", JsonText.Write(clients)),
            ("users", JsonText.Write(users)));

    /// <summary>Ids of clients with unrevoked sessions whose id or name matches, gone ones included: jumps from one id to the next in the index.</summary>
    private static Task<List<string>> ClientsNamedAsync(PostgresStatements statements, string pattern) => statements.QueryAsync(
        $"""
        WITH RECURSIVE present (id) AS (
          SELECT min(client_id) FROM sessions WHERE revoked_at IS NULL
          UNION ALL
          SELECT (SELECT min(client_id) FROM sessions WHERE revoked_at IS NULL AND client_id > present.id) FROM present WHERE present.id IS NOT NULL
        )
        SELECT present.id FROM present LEFT JOIN clients ON clients.id = present.id
        WHERE lower(present.id{IsLikePattern} OR lower(clients.name{IsLikePattern}
        """,
        FirstColumn,
        ("pattern", pattern));

    private static Task<List<string>> UsersNamedAsync(PostgresStatements statements, string pattern) => statements.QueryAsync(
        $"""
        SELECT users.id FROM users LEFT JOIN local_users ON local_users.user_id = users.id
        WHERE lower(users.display_name{IsLikePattern} OR lower(local_users.name{IsLikePattern}
        """,
        FirstColumn,
        ("pattern", pattern));

    private static string FirstColumn(NpgsqlDataReader row) => row.GetString(0);

    private static string LikePattern(string text) =>
        "%" + text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
