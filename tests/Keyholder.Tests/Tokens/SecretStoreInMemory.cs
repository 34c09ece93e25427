using Keyholder.Storage;

namespace Keyholder.Tests.Tokens;

/// <summary>The port's promises over plain memory, for tests below the database.</summary>
internal sealed class SecretStoreInMemory : IServerSecretStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _secrets = [];
    private readonly List<StoredSigningKey> _keys = [];

    public Task<byte[]> GetOrAddAsync(string name, byte[] sealedCandidate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _secrets.TryAdd(name, sealedCandidate);
            return Task.FromResult(_secrets[name]);
        }
    }

    public Task<IReadOnlyList<StoredSigningKey>> ListSigningKeysAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<StoredSigningKey>>([.. _keys.OrderBy(k => k.CreatedAt)]);
        }
    }

    public Task<bool> AddSigningKeyAsync(StoredSigningKey key, bool onlyFirst, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_keys.Any(k => onlyFirst || k.Id == key.Id))
            {
                return Task.FromResult(false);
            }

            _keys.Add(key);
            return Task.FromResult(true);
        }
    }
}
