using Keyholder.Vault;

namespace Keyholder.Storage;

/// <summary>What a row says to who wants to refresh it.</summary>
internal sealed record RefreshObstacle(byte[] RowId, long Version, CredentialStatus Status, long Begun, DateTimeOffset? Until);
