using System.Security.Cryptography;
using System.Text;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tokens;

/// <summary>
/// The token-signing keys, sealed in the database and the same on every node. A key is published first, signs later, and is forgotten when no token of
/// its can be alive; nobody restarts anything for it.
/// </summary>
public sealed class SigningKeyRing
{
    private readonly IServerSecretStore _store;
    private readonly ISecretSealer _sealer;
    private readonly TimeProvider _time;
    private volatile SigningKeySet _current;

    private SigningKeyRing(IServerSecretStore store, ISecretSealer sealer, TimeProvider time, SigningKeySet current)
    {
        _store = store;
        _sealer = sealer;
        _time = time;
        _current = current;
    }

    /// <summary>The keys in force. Take it once per operation.</summary>
    public SigningKeySet Current => _current;

    /// <summary>Loads the keys; the first start of all makes one that signs at once.</summary>
    /// <exception cref="CryptographicException">A stored key cannot be opened with the key ring: the server must not start.</exception>
    public static async Task<SigningKeyRing> LoadAsync(IServerSecretStore store, ISecretSealer sealer, TimeProvider time, CancellationToken cancellationToken)
    {
        var stored = await store.ListSigningKeysAsync(cancellationToken);
        if (stored.Count == 0)
        {
            var now = time.GetUtcNow();
            await store.AddSigningKeyAsync(Seal(SigningKey.Create(now), sealer, now), onlyFirst: true, cancellationToken);
            stored = await store.ListSigningKeysAsync(cancellationToken);
        }

        return new SigningKeyRing(store, sealer, time, Open(stored, sealer, time));
    }

    /// <summary>Takes over what other nodes added, and drops what has retired. The keys in force stay when the store or a key fails.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var stored = await _store.ListSigningKeysAsync(cancellationToken);
        if (!SigningKeySchedule.Published(stored, _time.GetUtcNow()).Select(k => k.Id).SequenceEqual(_current.Ids))
        {
            _current = Open(stored, _sealer, _time);
        }
    }

    /// <summary>Publishes a new key that signs from <paramref name="lead"/> on; give every node and every cache of the JWKS document time to see it.</summary>
    /// <returns>The <c>kid</c>.</returns>
    public async Task<string> RotateAsync(TimeSpan lead, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lead, TimeSpan.Zero);
        var now = _time.GetUtcNow();
        var key = SigningKey.Create(now + lead);
        await _store.AddSigningKeyAsync(Seal(key, _sealer, now), onlyFirst: false, cancellationToken);
        await RefreshAsync(cancellationToken);
        return key.Id;
    }

    private static StoredSigningKey Seal(SigningKey key, ISecretSealer sealer, DateTimeOffset now)
    {
        var pkcs8 = key.Export();
        var stored = new StoredSigningKey(key.Id, sealer.Seal(pkcs8, Context(key.Id)), now, key.SignsFrom, RetiresAt: null);
        CryptographicOperations.ZeroMemory(pkcs8);
        return stored;
    }

    private static SigningKeySet Open(IReadOnlyList<StoredSigningKey> stored, ISecretSealer sealer, TimeProvider time) =>
        new([.. SigningKeySchedule.Published(stored, time.GetUtcNow()).Select(key => Open(key, sealer))]);

    private static SigningKey Open(StoredSigningKey stored, ISecretSealer sealer)
    {
        var outcome = sealer.Open(stored.SealedPrivateKey, Context(stored.Id), out var pkcs8);
        if (outcome != EnvelopeOutcome.Opened)
        {
            throw new CryptographicException($"The {stored} cannot be opened ({outcome}). The vault's key ring does not belong to this database.");
        }

        var key = SigningKey.Import(pkcs8, stored.SignsFrom);
        CryptographicOperations.ZeroMemory(pkcs8);
        return key.Id == stored.Id ? key : throw new CryptographicException($"The {stored} holds another key.");
    }

    /// <summary>What the envelope of a key is bound to.</summary>
    internal static byte[] Context(string id) => Encoding.ASCII.GetBytes("keyholder:signing-key:" + id);
}
