using System.Data.Common;
using Keyholder.Storage.Rows;
using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>What begins and what stands in the way of a refresh, the same in every backend.</summary>
internal static class RefreshBeginnings
{
    /// <summary>The columns <see cref="Obstacle(DbDataReader)"/> reads.</summary>
    public const string Columns = "row_id, version, status, refresh_begun, refresh_until";

    /// <summary>The right that was taken, from <c>refresh_fencing, refresh_begun</c>.</summary>
    public static RefreshBeginning Begun(StoredCredential current, long fencing, long begun) =>
        new(RefreshBeginOutcome.Begun, new CredentialRefresh(current.Key, current.RowId, current.Version, fencing, Interrupted: begun > 1));

    public static RefreshObstacle Obstacle(DbDataReader row) =>
        new(row.Bytes(0), row.GetInt64(1), StoredWords.CredentialStatus.Read(row.GetString(2)), row.GetInt64(3), row.TimeOrNull(4));

    /// <summary>What became of a refreshed token set, from the row's status; null when no row was changed.</summary>
    public static RefreshStoreOutcome StoredAs(string? status) =>
        status is null ? RefreshStoreOutcome.Lost
        : StoredWords.CredentialStatus.Read(status) == CredentialStatus.Active ? RefreshStoreOutcome.Stored
        : RefreshStoreOutcome.StoredInactive;

    /// <summary>Why the right was not to be had. A right that was let go of just now counts as held until <paramref name="now"/>.</summary>
    public static RefreshBeginning Classify(RefreshObstacle? row, StoredCredential wanted, DateTimeOffset now) =>
        row is null || row.Status != CredentialStatus.Active || row.Version != wanted.Version || !row.RowId.AsSpan().SequenceEqual(wanted.RowId)
            ? new(RefreshBeginOutcome.Changed)
            : new(row.Begun > 0 || row.Until is null ? RefreshBeginOutcome.Busy : RefreshBeginOutcome.Paused, Until: row.Until ?? now);
}
