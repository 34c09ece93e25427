using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Storage.Sqlite;

/// <summary>Every contract on a database file.</summary>
public static class FileSqliteTests
{
    public sealed class Rotations : RotationContract<FileSqliteFixture>;

    public sealed class Sessions : SessionStoreContract<FileSqliteFixture>;
}
