using System.Buffers.Binary;
using System.Security.Cryptography;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>
/// Seals the secret of a refresh token for the holder of its predecessor alone: AES-256-GCM under a key derived (HKDF-SHA256) from the predecessor's
/// secret, which the server forgets. A lost response can be given again; a copy of the database opens nothing. The form is version 1 ‖ nonce 12 ‖
/// ciphertext 32 ‖ tag 16, bound to the session and the successor's generation.
/// </summary>
public static class SuccessorSeal
{
    private const byte Version = 1;
    private const int NonceAt = 1;
    private const int NonceSize = 12;
    private const int CiphertextAt = NonceAt + NonceSize;
    private const int TagAt = CiphertextAt + TokenSecret.Size;
    private const int TagSize = 16;
    private const int Size = TagAt + TagSize;
    private const int ContextSize = SessionId.Size + sizeof(uint);

    /// <summary>Seals the secret of <paramref name="successor"/> for the holder of <paramref name="predecessor"/>.</summary>
    public static byte[] Seal(in OpaqueToken predecessor, in OpaqueToken successor)
    {
        var seal = new byte[Size];
        seal[0] = Version;
        var nonce = seal.AsSpan(NonceAt, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> secret = stackalloc byte[TokenSecret.Size];
        successor.Secret.Write(secret);
        Span<byte> context = stackalloc byte[ContextSize];
        WriteContext(context, successor.SessionId, successor.Generation);
        using var aes = CreateCipher(predecessor);
        aes.Encrypt(nonce, secret, seal.AsSpan(CiphertextAt, TokenSecret.Size), seal.AsSpan(TagAt, TagSize), context);
        CryptographicOperations.ZeroMemory(secret);
        return seal;
    }

    /// <summary>Opens a seal with the predecessor; false when it was made for another token, session or generation, or was changed.</summary>
    public static bool TryOpen(in OpaqueToken predecessor, ReadOnlySpan<byte> seal, out OpaqueToken successor)
    {
        successor = default;
        if (seal.Length != Size || seal[0] != Version || predecessor.Generation == uint.MaxValue)
        {
            return false;
        }

        var generation = predecessor.Generation + 1;
        Span<byte> secret = stackalloc byte[TokenSecret.Size];
        Span<byte> context = stackalloc byte[ContextSize];
        WriteContext(context, predecessor.SessionId, generation);
        using var aes = CreateCipher(predecessor);
        try
        {
            aes.Decrypt(seal.Slice(NonceAt, NonceSize), seal.Slice(CiphertextAt, TokenSecret.Size), seal[TagAt..], secret, context);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        successor = new OpaqueToken(predecessor.SessionId, generation, TokenSecret.Read(secret));
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    private static AesGcm CreateCipher(in OpaqueToken predecessor)
    {
        Span<byte> secret = stackalloc byte[TokenSecret.Size];
        Span<byte> key = stackalloc byte[TokenSecret.Size];
        predecessor.Secret.Write(secret);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: default, info: "keyholder:refresh-token-successor"u8);
        var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private static void WriteContext(Span<byte> context, SessionId sessionId, uint generation)
    {
        sessionId.Write(context);
        BinaryPrimitives.WriteUInt32BigEndian(context[SessionId.Size..], generation);
    }
}
