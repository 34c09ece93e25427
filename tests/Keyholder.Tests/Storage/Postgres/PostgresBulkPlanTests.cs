using Keyholder.Storage.Postgres;
using Keyholder.Tests.Testing;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>That group commits lock rows in id order rests on how the server runs their statements. It has to run them so however many rows there are.</summary>
public sealed class PostgresBulkPlanTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    [InlineData(20_000, true)]
    public async Task Rows_are_found_by_their_primary_key_in_the_order_of_the_changes_or_of_the_key(int rows, bool analyzed)
    {
        var options = await PostgresTestDatabase.CreateAsync();
        await using (var database = await PostgresDatabase.OpenAsync(options, new ManualTimeProvider(), default))
        {
            await database.WriteAsync(statements => statements.ExecuteAsync($"""
                INSERT INTO sessions (id, subject_kind, subject_id, client_id, resource, scopes, authenticated_at, created_at, code_hash, code_expires_at, code_redirect_uri,
                  code_redirect_uri_was_sent, code_challenge, generation, refresh_hash, last_used_at, idle_expires_at, absolute_expires_at)
                SELECT decode(md5(i::text), 'hex'), 'user', 'one', 'client', 'resource', '[]', 1, 1, sha256('code'), 1, 'uri', false, 'challenge', 1, sha256('token'), 1, 9, 9
                FROM generate_series(1, {rows}) AS i
                """), default);
        }

        await using var pool = PostgresConnections.CreateBulkPool(options);
        await using var connection = await pool.OpenConnectionAsync();
        if (analyzed)
        {
            await using var analyze = new NpgsqlCommand("ANALYZE sessions", connection);
            await analyze.ExecuteNonQueryAsync();
        }

        await ShouldGoByPrimaryKeyAsync(connection, "rotate", "bytea[], bigint[], bytea[], text[], text[], bytea[], bytea[], bigint[], bigint[]", new SessionRotations().Sql);
        await ShouldGoByPrimaryKeyAsync(connection, "redeem", "bytea[], bytea[], text[], bytea[], bytea[], bigint[], bigint[]", new SessionRedemptions().Sql);
    }

    private static async Task ShouldGoByPrimaryKeyAsync(NpgsqlConnection connection, string name, string types, string sql)
    {
        var nulls = string.Join(", ", types.Split(',').Select(_ => "NULL"));
#pragma warning disable CA2100 // The statements are Keyholder's own.
        await using (var prepare = new NpgsqlCommand($"PREPARE {name} ({types}) AS {sql}", connection))
        {
            await prepare.ExecuteNonQueryAsync();
        }

        await using var explain = new NpgsqlCommand($"EXPLAIN EXECUTE {name} ({nulls})", connection);
#pragma warning restore CA2100
        await using var reader = await explain.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        var text = string.Join('\n', plan);
        plan.ShouldContain(line => line.Contains("Nested Loop", StringComparison.Ordinal), text);
        plan.Where(line => line.Contains("Scan", StringComparison.Ordinal) && line.Contains(" on sessions", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Contains("Index Scan using sessions_pkey", StringComparison.Ordinal), text);
        text.ShouldNotContain("Sort");
    }
}
