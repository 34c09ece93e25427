using Keyholder.Storage.Postgres;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Storage.Postgres;

public sealed class PostgresFixture : StorageFixture
{
    private PostgresStorageOptions? _options;
    private PostgresStorage? _storage;

    protected override PostgresStorage Storage => _storage ?? throw new InvalidOperationException("The fixture is not open.");

    public override async Task OpenAsync()
    {
        _options = await PostgresTestDatabase.RentAsync();
        _storage = await PostgresStorage.OpenAsync(_options, new ManualTimeProvider(), default);
    }

    public override Task DisableUserAsync(string id, DateTimeOffset at) =>
        Storage.Database.WriteAsync(statements => statements.ExecuteAsync("UPDATE users SET disabled_at = @at WHERE id = @id", ("at", at), ("id", id)), default);

    public override Task DeleteUserAsync(string id) =>
        Storage.Database.WriteAsync(statements => statements.ExecuteAsync("DELETE FROM users WHERE id = @id", ("id", id)), default);

    public override Task DeleteRevocationsAsync() =>
        Storage.Database.WriteAsync(statements => statements.ExecuteAsync("DELETE FROM revocations"), default);

    public override async ValueTask DisposeAsync()
    {
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
            await PostgresTestDatabase.ReturnAsync(_options!);
        }
    }
}
