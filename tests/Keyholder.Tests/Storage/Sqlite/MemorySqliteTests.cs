using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Storage.Sqlite;

/// <summary>Every contract on a database in memory.</summary>
public static class MemorySqliteTests
{
    public sealed class Rotations : RotationContract<MemorySqliteFixture>;

    public sealed class Sessions : SessionStoreContract<MemorySqliteFixture>;
}
