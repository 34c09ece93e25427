using System.Security.Cryptography;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>
/// The first form of a <see cref="SuccessorSeal"/>, opened only, so that an upgrade loses no response: version 1 ‖ nonce 12 ‖ ciphertext 32 ‖ tag 16, AES-256-GCM
/// under a key that HKDF-SHA256 makes of the predecessor's secret, bound to session and generation.
/// </summary>
internal static class FormerSuccessorSeal
{
    private const byte Version = 1;
    private const int NonceAt = 1;
    private const int CiphertextAt = NonceAt + 12;
    private const int TagAt = CiphertextAt + TokenSecret.Size;
    private const int TagSize = 16;
    private const int Size = TagAt + TagSize;

    /// <summary>Opens a seal into 32 bytes; false when it is of another form, was made for another token, or was changed.</summary>
    /// <param name="predecessorSecret">The secret of the token it was sealed for.</param>
    /// <param name="seal">The seal.</param>
    /// <param name="context">Session id ‖ generation of the successor.</param>
    /// <param name="secret">Gets the successor's secret.</param>
    public static bool TryOpen(ReadOnlySpan<byte> predecessorSecret, ReadOnlySpan<byte> seal, ReadOnlySpan<byte> context, Span<byte> secret)
    {
        if (seal.Length != Size || seal[0] != Version)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[TokenSecret.Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, predecessorSecret, key, salt: default, info: SuccessorSeal.Label);
        using var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        try
        {
            aes.Decrypt(seal[NonceAt..CiphertextAt], seal[CiphertextAt..TagAt], seal[TagAt..], secret, context);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
