using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>
/// Pages of sessions in a time that does not grow with their number. Without a text a page is a range of one index. A text is first looked up among the
/// names. When few match, the newest sessions of each are merged. When many do, the page is probably found among the newest sessions of all; when it is
/// not, what matches is rare, and merging reads little. One subject has so few sessions that all of them are looked at.
/// </summary>
internal static class SessionPages
{
    private const int FewNames = 200;

    // How many sessions are walked for each that the page may hold.
    private const int WalkPerRow = 20;

    private const string NewestFirst = "ORDER BY created_at DESC, id DESC";

    // The collation makes lower() change ASCII letters only.
    private const string IsLikePattern = """ COLLATE "C") LIKE lower(@pattern COLLATE "C") ESCAPE '\' """;

    /// <summary>The page.</summary>
    public static async Task<List<SessionListing>> ReadAsync(PostgresStatements statements, SessionQuery query, DateTimeOffset now) => query.Text is { } text
        ? await ListedAsync(
            statements,
            "id IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text(@page::jsonb))",
            [("page", Ids(await FindAsync(statements, query, LikePattern.Containing(text), now)))])
        : await ListedAsync(statements, $"{Filters(query)} {NewestFirst} LIMIT @limit", [.. Parameters(query, now), ("limit", query.Limit)]);

    private static async Task<List<RowPosition>> FindAsync(PostgresStatements statements, SessionQuery query, string pattern, DateTimeOffset now)
    {
        if (query.Subject is not null)
        {
            return await WalkAsync(statements, query, pattern, now, end: null);
        }

        var named = await NamedAsync(statements, query, pattern, FewNames + 1);
        if (named.Count > FewNames)
        {
            var walked = await WalkAsync(statements, query, pattern, now, await WalkEndAsync(statements, query, now));
            if (walked.Count == query.Limit)
            {
                return walked;
            }

            named = await NamedAsync(statements, query, pattern, int.MaxValue);
        }

        return await MergeAsync(statements, query, named, now);
    }

    private static async Task<RowPosition?> WalkEndAsync(PostgresStatements statements, SessionQuery query, DateTimeOffset now) =>
        await statements.QueryAsync(
            $"SELECT created_at, id FROM sessions WHERE {Filters(query)} {NewestFirst} LIMIT 1 OFFSET @skipped",
            Position,
            [.. Parameters(query, now), ("skipped", checked(query.Limit * WalkPerRow))]) is [var end] ? end : null;

    /// <summary>The newest that match, down to the end.</summary>
    private static Task<List<RowPosition>> WalkAsync(PostgresStatements statements, SessionQuery query, string pattern, DateTimeOffset now, RowPosition? end) =>
        statements.QueryAsync(
            $"""
            SELECT created_at, id FROM sessions
            WHERE {Filters(query)} AND (created_at, id) > (@end_at, @end_id) AND (
              client_id IN (SELECT jsonb_array_elements_text(@clients::jsonb))
              OR (SELECT lower(id{IsLikePattern} OR lower(name{IsLikePattern} FROM clients WHERE clients.id = sessions.client_id)
              OR (SELECT lower(client_snapshots.client_id{IsLikePattern} FROM client_snapshots WHERE client_snapshots.client_id = sessions.client_id)
              OR subject_kind = 'user' AND (
                (SELECT lower(display_name{IsLikePattern} FROM users WHERE users.id = sessions.subject_id)
                OR (SELECT lower(name{IsLikePattern} FROM local_users WHERE local_users.user_id = sessions.subject_id))
              OR subject_kind = 'vk' AND (SELECT lower(name{IsLikePattern} FROM virtual_keys WHERE virtual_keys.id = sessions.subject_id))
            {NewestFirst} LIMIT @limit
            """,
            Position,
            [
                .. Parameters(query, now),
                ("end_at", end?.CreatedAt ?? DateTimeOffset.UnixEpoch),
                ("end_id", (end ?? default).IdBytes),
                ("clients", JsonText.Write(query.UnregisteredMatches)),
                ("pattern", pattern),
                ("limit", query.Limit),
            ]);

    private static async Task<List<RowPosition>> MergeAsync(PostgresStatements statements, SessionQuery query, MatchingNames named, DateTimeOffset now)
    {
        var newest = $"AND {Filters(query)} {NewestFirst} LIMIT @share";
        for (var share = NewestOfNames.FirstShare(named.Count, query.Limit); ; share = NewestOfNames.NextShare(share, query.Limit))
        {
            var found = await statements.QueryAsync(
                $"""
                SELECT newest.created_at, newest.id, 'client ' || matched.name FROM jsonb_array_elements_text(@clients::jsonb) AS matched (name) CROSS JOIN LATERAL (
                  SELECT created_at, id FROM sessions WHERE client_id = matched.name {newest}) AS newest
                UNION ALL
                SELECT newest.created_at, newest.id, 'user ' || matched.name FROM jsonb_array_elements_text(@users::jsonb) AS matched (name) CROSS JOIN LATERAL (
                  SELECT created_at, id FROM sessions WHERE subject_kind = 'user' AND subject_id = matched.name {newest}) AS newest
                UNION ALL
                SELECT newest.created_at, newest.id, 'key ' || matched.name FROM jsonb_array_elements_text(@keys::jsonb) AS matched (name) CROSS JOIN LATERAL (
                  SELECT created_at, id FROM sessions WHERE subject_kind = 'vk' AND subject_id = matched.name {newest}) AS newest
                """,
                row => (row.GetString(2), Position(row)),
                [
                    .. Parameters(query, now),
                    ("clients", JsonText.Write(named.Clients)),
                    ("users", JsonText.Write(named.Users)),
                    ("keys", JsonText.Write(named.Keys)),
                    ("share", share),
                ]);
            if (NewestOfNames.Merge(found, share, query.Limit) is { } page)
            {
                return page;
            }
        }
    }

    /// <summary>What the pattern matches, at most so many of each kind of name.</summary>
    private static async Task<MatchingNames> NamedAsync(PostgresStatements statements, SessionQuery query, string pattern, int limit)
    {
        return new MatchingNames(
            [.. (await MatchingAsync("id FROM clients", "id", "name")).Union(await MatchingAsync("client_id FROM client_snapshots", "client_id")).Union(query.UnregisteredMatches)],
            query.Lists(SubjectKind.User) ? [.. (await MatchingAsync("id FROM users", "display_name")).Union(await MatchingAsync("user_id FROM local_users", "name"))] : [],
            query.Lists(SubjectKind.VirtualKey) ? await MatchingAsync("id FROM virtual_keys", "name") : []);

        Task<List<string>> MatchingAsync(string ids, params string[] names) => statements.QueryAsync(
            $"SELECT {ids} WHERE {string.Join(" OR ", names.Select(name => $"lower({name}{IsLikePattern}"))} LIMIT @limit", row => row.GetString(0), ("pattern", pattern), ("limit", limit));
    }

    private static Task<List<SessionListing>> ListedAsync(PostgresStatements statements, string which, (string Name, PostgresValue Value)[] parameters) => statements.QueryAsync(
        $"""
        {SessionListingColumns.Select}
        FROM (SELECT * FROM sessions WHERE {which}) AS listed
        {SessionListingColumns.Names}
        ORDER BY listed.created_at DESC, listed.id DESC
        """,
        SessionListingColumns.Read,
        parameters);

    private static string Filters(SessionQuery query) =>
        "revoked_at IS NULL AND idle_expires_at > @now AND absolute_expires_at > @now"
        + (query.Subject is null ? "" : " AND subject_kind = @of_kind AND subject_id = @of_id")
        + (query.SubjectKind is null ? "" : " AND subject_kind = @kind")
        + (query.ClientId is null ? "" : " AND client_id = @client")
        + (query.After is null ? "" : " AND (created_at, id) < (@after_at, @after_id)");

    private static (string Name, PostgresValue Value)[] Parameters(SessionQuery query, DateTimeOffset now) =>
    [
        ("now", now),
        ("kind", query.SubjectKind is { } kind ? StoredWords.SubjectKind.Write(kind) : null),
        ("of_kind", query.Subject?.KindName),
        ("of_id", query.Subject?.Id),
        ("client", query.ClientId),
        ("after_at", query.After?.CreatedAt),
        ("after_id", query.After?.IdBytes),
    ];

    private static RowPosition Position(NpgsqlDataReader row) => new(row.Time(0), row.Bytes(1));

    private static string Ids(List<RowPosition> page) => JsonText.Write([.. page.Select(position => Convert.ToHexString(position.IdBytes))]);
}
