using System.Buffers.Binary;
using System.Security.Cryptography;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>
/// Seals the secret of a refresh token for the holder of its predecessor alone, so that a lost response can be given again and a copy of the database opens
/// nothing. The form is version 2 ‖ 32 bytes: the secret XOR a pad that HKDF-Expand (RFC 5869 section 2.3, SHA-256) makes of the predecessor's secret,
/// which is random and which the server forgets. The pad is for one session, generation and successor, and no successor is sealed for two predecessors, so
/// none is ever used twice. The successor's stored hash proves what is opened. See docs/adr/0009-sealed-successors.md.
/// </summary>
public static class SuccessorSeal
{
    private const byte Version = 2;
    private const int Size = 1 + TokenSecret.Size;
    private const int ContextSize = SessionId.Size + sizeof(uint);

    internal static ReadOnlySpan<byte> Label => "keyholder:refresh-token-successor"u8;

    /// <summary>Seals the secret of <paramref name="successor"/> for the holder of <paramref name="predecessor"/>.</summary>
    /// <param name="predecessor">The token that is exchanged; a code, for the first refresh token.</param>
    /// <param name="successor">The token given for it.</param>
    /// <param name="successorHash">The hash of its secret, which is stored beside the seal.</param>
    public static byte[] Seal(in OpaqueToken predecessor, in OpaqueToken successor, ReadOnlySpan<byte> successorHash)
    {
        Span<byte> key = stackalloc byte[TokenSecret.Size];
        predecessor.Secret.Write(key);
        Span<byte> context = stackalloc byte[ContextSize];
        WriteContext(context, successor.SessionId, successor.Generation);
        var seal = new byte[Size];
        seal[0] = Version;
        successor.Secret.Write(seal.AsSpan(1));
        Cover(key, context, successorHash, seal.AsSpan(1));
        CryptographicOperations.ZeroMemory(key);
        return seal;
    }

    /// <summary>Opens a seal with the predecessor; false when it was made for another token, session, generation or successor, or was changed.</summary>
    public static bool TryOpen(in OpaqueToken predecessor, ReadOnlySpan<byte> seal, ReadOnlySpan<byte> successorHash, out OpaqueToken successor)
    {
        successor = default;
        if (predecessor.Generation == uint.MaxValue)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[TokenSecret.Size];
        predecessor.Secret.Write(key);
        Span<byte> context = stackalloc byte[ContextSize];
        WriteContext(context, predecessor.SessionId, predecessor.Generation + 1);
        Span<byte> bytes = stackalloc byte[TokenSecret.Size];
        var opened = TryUncover(key, seal, context, successorHash, bytes) || FormerSuccessorSeal.TryOpen(key, seal, context, bytes);
        var secret = TokenSecret.Read(bytes);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(bytes);
        if (!opened || !CryptographicOperations.FixedTimeEquals(secret.Hash(), successorHash))
        {
            return false;
        }

        successor = new OpaqueToken(predecessor.SessionId, predecessor.Generation + 1, secret);
        return true;
    }

    private static bool TryUncover(ReadOnlySpan<byte> key, ReadOnlySpan<byte> seal, ReadOnlySpan<byte> context, ReadOnlySpan<byte> successorHash, Span<byte> secret)
    {
        if (seal.Length != Size || seal[0] != Version)
        {
            return false;
        }

        seal[1..].CopyTo(secret);
        Cover(key, context, successorHash, secret);
        return true;
    }

    private static void Cover(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context, ReadOnlySpan<byte> successorHash, Span<byte> secret)
    {
        Span<byte> info = stackalloc byte[Label.Length + ContextSize + SHA256.HashSizeInBytes];
        Label.CopyTo(info);
        context.CopyTo(info[Label.Length..]);
        successorHash.CopyTo(info[(Label.Length + ContextSize)..]);
        Span<byte> pad = stackalloc byte[TokenSecret.Size];
        HKDF.Expand(HashAlgorithmName.SHA256, key, pad, info);
        for (var i = 0; i < secret.Length; i++)
        {
            secret[i] ^= pad[i];
        }

        CryptographicOperations.ZeroMemory(pad);
    }

    private static void WriteContext(Span<byte> context, SessionId sessionId, uint generation)
    {
        sessionId.Write(context);
        BinaryPrimitives.WriteUInt32BigEndian(context[SessionId.Size..], generation);
    }
}
