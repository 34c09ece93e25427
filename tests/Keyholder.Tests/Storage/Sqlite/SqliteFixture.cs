using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Storage.Sqlite;

public abstract class SqliteFixture(SqliteStorageOptions options) : StorageFixture
{
    private SqliteStorage? _storage;

    protected override SqliteStorage Storage => _storage ?? throw new InvalidOperationException("The fixture is not open.");

    public override async Task OpenAsync() => _storage = await SqliteStorage.OpenAsync(options, new ManualTimeProvider(), default);

    public override Task DisableUserAsync(string id, DateTimeOffset at) =>
        Storage.Database.WriteAsync(connection => connection.Execute("UPDATE users SET disabled_at = $at WHERE id = $id", ("$at", at), ("$id", id)), default);

    public override Task DeleteUserAsync(string id) =>
        Storage.Database.WriteAsync(connection => connection.Execute("DELETE FROM users WHERE id = $id", ("$id", id)), default);

    public override Task DeleteRevocationsAsync() =>
        Storage.Database.WriteAsync(connection => connection.Execute("DELETE FROM revocations"), default);

    public override async ValueTask DisposeAsync()
    {
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
