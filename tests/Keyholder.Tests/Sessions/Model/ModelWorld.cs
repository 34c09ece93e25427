using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>A database and a clock. Either many runs share the database, each with a clock of its own, or one after the other has both to itself: only then may rows be swept.</summary>
internal sealed record ModelWorld(StorageFixture Db, ManualTimeProvider Time, bool IsAlone)
{
    /// <summary>A world in which others live too.</summary>
    public static ModelWorld SharedOn(StorageFixture db) => new(db, new ManualTimeProvider(), IsAlone: false);
}
