using Keyholder.Storage;
using Keyholder.Storage.Rows;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Microsoft.Data.Sqlite;

namespace Keyholder.Tests.Storage.Sqlite;

public sealed class SqliteFileTests : IDisposable
{
    private async Task MigrateFurtherAsync(int demanded)
    {
        await using var storage = await OpenAsync(Database);
        await storage.Database.WriteAsync(
            connection =>
            {
                connection.Execute("INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'future', 1)");
                connection.Execute("UPDATE schema_readers SET oldest_migration = $demanded", ("$demanded", demanded));
            },
            default);
    }

    private static readonly DateTimeOffset Now = new(2030, 5, 6, 7, 8, 9, 123, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyholder-");
    private readonly ManualTimeProvider _time = new(Now);

    private string Database => Path.Combine(_folder.FullName, "keyholder.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_database_and_its_log_are_readable_by_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var storage = await OpenAsync(Database);
        await storage.Users.AnyAsync(default);

        foreach (var file in new[] { Database, Database + "-wal", Database + "-shm" })
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task The_writer_runs_with_a_write_ahead_log_full_sync_and_foreign_keys()
    {
        await using var storage = await OpenAsync(Database);

        (await storage.Database.WriteAsync(connection => connection.Query("PRAGMA journal_mode", row => row.GetString(0))[0], default)).ShouldBe("wal");
        (await storage.Database.WriteAsync(connection => connection.Scalar("PRAGMA synchronous"), default)).ShouldBe(2);
        (await storage.Database.WriteAsync(connection => connection.Scalar("PRAGMA foreign_keys"), default)).ShouldBe(1);
        (await storage.Database.WriteAsync(connection => connection.Scalar("PRAGMA busy_timeout"), default)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_was_stored_is_there_after_reopening()
    {
        var client = Sample.Client("c1", Now);
        await using (var storage = await OpenAsync(Database))
        {
            await storage.Clients.AddAsync(client, 10, Now, Now, default);
        }

        await using var reopened = await OpenAsync(Database);
        (await reopened.Clients.FindAsync("c1", default)).ShouldBeRow(client);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_crash()
    {
        var crashed = Path.Combine(_folder.FullName, "crashed.db");
        var client = Sample.Client("c1", Now);
        await using var storage = await OpenAsync(Database);
        await storage.Clients.AddAsync(client, 10, Now, Now, default);

        File.Copy(Database, crashed);
        File.Copy(Database + "-wal", crashed + "-wal");

        await using var recovered = await OpenAsync(crashed);
        (await recovered.Clients.FindAsync("c1", default)).ShouldBeRow(client);
    }

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        await using (await OpenAsync(Database))
        {
        }

        _time.Advance(TimeSpan.FromDays(1));
        await using var reopened = await OpenAsync(Database);

        var applied = await reopened.Database.ReadAsync(
            connection => connection.Query("SELECT version, name, applied_at FROM schema_migrations ORDER BY version", row => (row.GetInt32(0), row.GetString(1), row.Time(2))),
            default);
        applied.ShouldBe(SqliteMigrations.All.Select(migration => (migration.Version, migration.Name, Now)));
        applied.Select(row => row.Item1).ShouldBe(Enumerable.Range(1, applied.Count));
    }

    [Fact]
    public async Task Many_can_open_a_new_database_at_once()
    {
        using var start = new ManualResetEventSlim();
        var openings = Enumerable.Range(0, 8)
            .Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.Wait();
                    return SqliteDatabase.Open(new SqliteStorageOptions(Database), _time);
                },
                TaskCreationOptions.LongRunning))
            .ToList();
        start.Set();

        var databases = await Task.WhenAll(openings);

        foreach (var database in databases)
        {
            var versions = await database.ReadAsync(connection => connection.Scalar("SELECT count(*) FROM schema_migrations"), default);
            versions.ShouldBe(SqliteMigrations.All.Count);
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_that_a_newer_version_left_open_to_this_one_is_worked_on_as_it_is()
    {
        await MigrateFurtherAsync(demanded: SqliteMigrations.All[^1].Version);

        await using var storage = await OpenAsync(Database);

        (await storage.Users.AnyAsync(default)).ShouldBeFalse();
        (await storage.Database.ReadAsync(connection => connection.Scalar("SELECT max(version) FROM schema_migrations"), default)).ShouldBe(9999);
    }

    [Fact]
    public async Task A_database_that_demands_a_newer_version_is_not_opened_and_not_changed()
    {
        await MigrateFurtherAsync(demanded: 9999);

        var before = await File.ReadAllBytesAsync(Database);

        var refusal = await Should.ThrowAsync<SchemaTooNewException>(() => OpenAsync(Database));

        refusal.Message.ShouldContain("9999");
        (await File.ReadAllBytesAsync(Database)).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("This is a letter, not a database. ", 100));
        await File.WriteAllTextAsync(Database, text);

        await Should.ThrowAsync<SqliteException>(() => OpenAsync(Database));

        (await File.ReadAllTextAsync(Database)).ShouldBe(text);
    }

    [Theory]
    [InlineData(":memory:")]
    [InlineData("file:x?mode=memory&cache=shared")]
    [InlineData("a;Mode=ReadOnly;b")]
    public async Task A_path_is_only_ever_a_path(string name)
    {
        var path = Path.Combine(_folder.FullName, name);

        await using var storage = await SqliteStorage.OpenAsync(
            new SqliteStorageOptions(Path.GetRelativePath(Environment.CurrentDirectory, path)), _time, default);

        (await storage.Users.AnyAsync(default)).ShouldBeFalse();
        File.Exists(path).ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_folder_is_made()
    {
        var path = Path.Combine(_folder.FullName, "a", "b", "keyholder.db");

        await using var storage = await OpenAsync(path);

        File.Exists(path).ShouldBeTrue();
    }

    private Task<SqliteStorage> OpenAsync(string path) => SqliteStorage.OpenAsync(new SqliteStorageOptions(path), _time, default);
}
