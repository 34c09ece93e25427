using System.Data.Common;
using System.Globalization;

namespace Keyholder.Bench.Sessions;

/// <summary>
/// Fills an empty database with very many sessions by plain SQL: those of users and, one in eleven, of virtual keys; half with one of twenty popular clients,
/// the rest spread over all registered ones, and the oldest with a hundred clients nobody uses any more.
/// </summary>
internal static class SessionPopulation
{
    public const int Users = 20_000;
    public const int Clients = 10_000;
    public const int DormantClients = 100;

    private const string Script = """
        INSERT INTO users (id, display_name, created_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users})
        SELECT 'u' || i, 'Person ' || i, {start} FROM n;

        INSERT INTO local_users (name, user_id, password_hash)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users})
        SELECT 'login' || i, 'u' || i, '$none$' FROM n;

        INSERT INTO clients (id, source, name, redirect_uris, grant_types, response_types, token_endpoint_auth_method, application_type, created_at, expires_at)
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {clients} - 1)
        SELECT CASE WHEN i < {dormant} THEN 'dormant-' ELSE 'c' END || i, 'dynamic', 'Agent ' || i, '["http://127.0.0.1/callback"]', '["authorization_code","refresh_token"]',
          '["code"]', 'none', 'native', {start}, {end} FROM n;

        INSERT INTO sessions (id, subject_kind, subject_id, client_id, resource, scopes, authenticated_at, created_at, code_hash, code_expires_at, code_redirect_uri,
          code_redirect_uri_was_sent, code_challenge, code_redeemed_at, generation, refresh_hash, last_used_at, idle_expires_at, absolute_expires_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sessions})
        SELECT {id}, CASE WHEN i % 11 = 0 THEN 'vk' ELSE 'user' END, 'u' || (1 + CAST(i AS bigint) * 7919 % {users}),
          CASE WHEN i <= 10 * {dormant} THEN 'dormant-' || (i % {dormant}) WHEN i % 2 = 0 THEN 'c' || ({dormant} + i % 20) ELSE 'c' || ({dormant} + i % ({clients} - {dormant})) END,
          'https://keys.example/mcp/bench', '["mcp:bench"]', {start} + i, {start} + i, {hash}, {start}, 'http://127.0.0.1/callback',
          {true}, 'challenge', {start}, 1, {hash}, {start} + i, {end}, {end} FROM n;
        """;

    /// <summary>Opened at the first millisecond after <paramref name="start"/> and so on, alive until <paramref name="end"/>.</summary>
    public static async Task FillAsync(DbConnection connection, bool isPostgres, int sessions, DateTimeOffset start, DateTimeOffset end)
    {
        (string Name, string Value)[] values =
        [
            ("{users}", Text(Users)),
            ("{clients}", Text(Clients)),
            ("{dormant}", Text(DormantClients)),
            ("{sessions}", Text(sessions)),
            ("{start}", Text(start.ToUnixTimeMilliseconds())),
            ("{end}", Text(end.ToUnixTimeMilliseconds())),
            ("{id}", isPostgres ? "decode(md5(i::text), 'hex')" : "randomblob(16)"),
            ("{hash}", isPostgres ? "sha256(i::text::bytea)" : "zeroblob(32)"),
            ("{true}", isPostgres ? "TRUE" : "1"),
        ];
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
#pragma warning disable CA2100 // Numbers and constants only.
        command.CommandText = values.Aggregate(Script, (script, value) => script.Replace(value.Name, value.Value, StringComparison.Ordinal));
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        command.CommandText = isPostgres ? "VACUUM ANALYZE" : "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
