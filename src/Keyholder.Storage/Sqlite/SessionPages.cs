using Keyholder.Sessions;
using Keyholder.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

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

    private const string IsLikePattern = @"LIKE $pattern ESCAPE '\'";

    /// <summary>The page.</summary>
    public static List<SessionListing> Read(PreparedConnection connection, SessionQuery query, DateTimeOffset now) => query.Text is { } text
        ? Listed(connection, $"id IN (SELECT unhex(value) FROM json_each($page))", ("$page", Ids(Find(connection, query, LikePattern.Containing(text), now))))
        : Listed(connection, $"{Filters(query)} {NewestFirst} LIMIT $limit", [.. Parameters(query, now), ("$limit", query.Limit)]);

    private static List<RowPosition> Find(PreparedConnection connection, SessionQuery query, string pattern, DateTimeOffset now)
    {
        if (query.Subject is not null)
        {
            return Walk(connection, query, pattern, now, end: null);
        }

        var named = Named(connection, query, pattern, FewNames + 1);
        if (named.Count > FewNames)
        {
            var walked = Walk(connection, query, pattern, now, WalkEnd(connection, query, now));
            if (walked.Count == query.Limit)
            {
                return walked;
            }

            named = Named(connection, query, pattern, int.MaxValue);
        }

        return Merge(connection, query, named, now);
    }

    private static RowPosition? WalkEnd(PreparedConnection connection, SessionQuery query, DateTimeOffset now) =>
        connection.Query(
            $"SELECT created_at, id FROM sessions WHERE {Filters(query)} {NewestFirst} LIMIT 1 OFFSET $skipped",
            Position,
            [.. Parameters(query, now), ("$skipped", checked(query.Limit * WalkPerRow))]) is [var end] ? end : null;

    /// <summary>The newest that match, down to the end.</summary>
    private static List<RowPosition> Walk(PreparedConnection connection, SessionQuery query, string pattern, DateTimeOffset now, RowPosition? end) =>
        connection.Query(
            $"""
            SELECT created_at, id FROM sessions
            WHERE {Filters(query)} AND (created_at, id) > ($end_at, $end_id) AND (
              client_id IN (SELECT value FROM json_each($clients))
              OR (SELECT id {IsLikePattern} OR name {IsLikePattern} FROM clients WHERE clients.id = sessions.client_id)
              OR (SELECT client_snapshots.client_id {IsLikePattern} FROM client_snapshots WHERE client_snapshots.client_id = sessions.client_id)
              OR subject_kind = 'user' AND (
                (SELECT display_name {IsLikePattern} FROM users WHERE users.id = sessions.subject_id)
                OR (SELECT name {IsLikePattern} FROM local_users WHERE local_users.user_id = sessions.subject_id))
              OR subject_kind = 'vk' AND (SELECT name {IsLikePattern} FROM virtual_keys WHERE virtual_keys.id = sessions.subject_id))
            {NewestFirst} LIMIT $limit
            """,
            Position,
            [
                .. Parameters(query, now),
                ("$end_at", end?.CreatedAt ?? DateTimeOffset.UnixEpoch),
                ("$end_id", (end ?? default).IdBytes),
                ("$clients", JsonText.Write(query.UnregisteredMatches)),
                ("$pattern", pattern),
                ("$limit", query.Limit),
            ]);

    private static List<RowPosition> Merge(PreparedConnection connection, SessionQuery query, MatchingNames named, DateTimeOffset now)
    {
        var newest = $"AND {Filters(query, ofName: true)} {NewestFirst} LIMIT $share";
        for (var share = NewestOfNames.FirstShare(named.Count, query.Limit); ; share = NewestOfNames.NextShare(share, query.Limit))
        {
            var found = connection.Query(
                $"""
                SELECT sessions.created_at, sessions.id, 'client ' || matched.value FROM json_each($clients) AS matched CROSS JOIN sessions ON sessions.rowid IN (
                  SELECT rowid FROM sessions WHERE client_id = matched.value {newest})
                UNION ALL
                SELECT sessions.created_at, sessions.id, 'user ' || matched.value FROM json_each($users) AS matched CROSS JOIN sessions ON sessions.rowid IN (
                  SELECT rowid FROM sessions WHERE subject_kind = 'user' AND subject_id = matched.value {newest})
                UNION ALL
                SELECT sessions.created_at, sessions.id, 'key ' || matched.value FROM json_each($keys) AS matched CROSS JOIN sessions ON sessions.rowid IN (
                  SELECT rowid FROM sessions WHERE subject_kind = 'vk' AND subject_id = matched.value {newest})
                """,
                row => (row.GetString(2), Position(row)),
                [
                    .. Parameters(query, now),
                    ("$clients", JsonText.Write(named.Clients)),
                    ("$users", JsonText.Write(named.Users)),
                    ("$keys", JsonText.Write(named.Keys)),
                    ("$share", share),
                ]);
            if (NewestOfNames.Merge(found, share, query.Limit) is { } page)
            {
                return page;
            }
        }
    }

    /// <summary>What the pattern matches, at most so many of each kind of name.</summary>
    private static MatchingNames Named(PreparedConnection connection, SessionQuery query, string pattern, int limit)
    {
        return new MatchingNames(
            [.. Matching("id FROM clients", "id", "name").Union(Matching("client_id FROM client_snapshots", "client_id")).Union(query.UnregisteredMatches)],
            query.Lists(SubjectKind.User) ? [.. Matching("id FROM users", "display_name").Union(Matching("user_id FROM local_users", "name"))] : [],
            query.Lists(SubjectKind.VirtualKey) ? Matching("id FROM virtual_keys", "name") : []);

        List<string> Matching(string ids, params string[] names) => connection.Query(
            $"SELECT {ids} WHERE {string.Join(" OR ", names.Select(name => $"{name} {IsLikePattern}"))} LIMIT $limit", row => row.GetString(0), ("$pattern", pattern), ("$limit", limit));
    }

    private static List<SessionListing> Listed(PreparedConnection connection, string which, params ReadOnlySpan<(string Name, object? Value)> parameters) => connection.Query(
        $"""
        {SessionListingColumns.Select}
        FROM (SELECT * FROM sessions WHERE {which}) AS listed
        {SessionListingColumns.Names}
        ORDER BY listed.created_at DESC, listed.id DESC
        """,
        SessionListingColumns.Read,
        parameters);

    // A plus keeps a filter from choosing the index: that is the most selective filter's, or the name's that is merged.
    private static string Filters(SessionQuery query, bool ofName = false) =>
        "revoked_at IS NULL AND idle_expires_at > $now AND absolute_expires_at > $now"
        + (query.Subject is null ? "" : " AND subject_kind = $of_kind AND subject_id = $of_id")
        + (query.SubjectKind is null ? "" : $" AND {(ofName || query.Subject is not null || query.ClientId is not null ? "+" : "")}subject_kind = $kind")
        + (query.ClientId is null ? "" : $" AND {(ofName || query.Subject is not null ? "+" : "")}client_id = $client")
        + (query.After is null ? "" : " AND (created_at, id) < ($after_at, $after_id)");

    private static (string Name, object? Value)[] Parameters(SessionQuery query, DateTimeOffset now) =>
    [
        ("$now", now),
        ("$kind", query.SubjectKind is { } kind ? StoredWords.SubjectKind.Write(kind) : null),
        ("$of_kind", query.Subject?.KindName),
        ("$of_id", query.Subject?.Id),
        ("$client", query.ClientId),
        ("$after_at", query.After?.CreatedAt),
        ("$after_id", query.After?.IdBytes),
    ];

    private static RowPosition Position(SqliteDataReader row) => new(row.Time(0), row.Bytes(1));

    private static string Ids(List<RowPosition> page) => JsonText.Write([.. page.Select(position => Convert.ToHexString(position.IdBytes))]);
}
