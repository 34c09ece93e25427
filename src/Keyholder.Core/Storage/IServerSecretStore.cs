namespace Keyholder.Storage;

/// <summary>The server's own secrets, sealed: token-signing keys and the keys of its opaque tokens.</summary>
public interface IServerSecretStore
{
    /// <summary>The sealed secret of that name; <paramref name="sealedCandidate"/> is stored when there is none yet. Concurrent first callers get the same one.</summary>
    Task<byte[]> GetOrAddAsync(string name, byte[] sealedCandidate, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Every signing key, oldest first.</summary>
    Task<IReadOnlyList<StoredSigningKey>> ListSigningKeysAsync(CancellationToken cancellationToken);

    /// <summary>Stores a signing key if there is none with the same id and, when <paramref name="onlyFirst"/>, none at all; false when it was not stored.</summary>
    Task<bool> AddSigningKeyAsync(StoredSigningKey key, bool onlyFirst, CancellationToken cancellationToken);
}
