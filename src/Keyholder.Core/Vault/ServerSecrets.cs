using System.Security.Cryptography;
using System.Text;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>The server's root secret, made once, sealed at rest, the same on every node; every other server key is derived from it.</summary>
public sealed class ServerSecrets
{
    private const int Size = 32;
    private const string Name = "root";
    private readonly byte[] _root;

    private ServerSecrets(byte[] root) => _root = root;

    /// <summary>Loads the root secret, making it on the first start.</summary>
    /// <exception cref="CryptographicException">The stored secret cannot be opened with the key ring: the server must not start.</exception>
    public static async Task<ServerSecrets> LoadAsync(IServerSecretStore store, ISecretSealer sealer, TimeProvider time, CancellationToken cancellationToken)
    {
        var context = Context(Name);
        var candidate = sealer.Seal(RandomNumberGenerator.GetBytes(Size), context);
        var stored = await store.GetOrAddAsync(Name, candidate, time.GetUtcNow(), cancellationToken);
        var outcome = sealer.Open(stored, context, out var root);
        return outcome == EnvelopeOutcome.Opened && root.Length == Size
            ? new ServerSecrets(root)
            : throw new CryptographicException($"The server's root secret cannot be opened ({outcome}). The vault's key ring does not belong to this database.");
    }

    /// <summary>What the envelope of a secret is bound to.</summary>
    internal static byte[] Context(string name) => Encoding.UTF8.GetBytes("keyholder:server-secret:" + name);

    /// <summary>A 32-byte key for one purpose (HKDF-SHA256, RFC 5869); different purposes give unrelated keys.</summary>
    /// <param name="purpose">A constant of the caller, for example <c>refresh-token-mac</c>.</param>
    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _root, Size, salt: null, info: Encoding.UTF8.GetBytes("keyholder:" + purpose));
}
