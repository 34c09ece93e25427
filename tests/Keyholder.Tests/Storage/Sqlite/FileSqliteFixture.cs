using Keyholder.Storage.Sqlite;

namespace Keyholder.Tests.Storage.Sqlite;

public sealed class FileSqliteFixture : SqliteFixture
{
    private readonly DirectoryInfo _folder;

    public FileSqliteFixture()
        : this(Directory.CreateTempSubdirectory("keyholder-"))
    {
    }

    private FileSqliteFixture(DirectoryInfo folder)
        : base(new SqliteStorageOptions(Path.Combine(folder.FullName, "keyholder.db"))) => _folder = folder;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
