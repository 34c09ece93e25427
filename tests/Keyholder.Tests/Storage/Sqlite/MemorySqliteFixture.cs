using Keyholder.Storage.Sqlite;

namespace Keyholder.Tests.Storage.Sqlite;

public sealed class MemorySqliteFixture() : SqliteFixture(SqliteStorageOptions.Memory);
