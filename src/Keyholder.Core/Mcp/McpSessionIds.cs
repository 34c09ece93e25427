using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Mcp;

/// <summary>
/// Binds <c>Mcp-Session-Id</c> to a principal. Clients see <c>MAC ‖ upstream id</c> where the MAC covers subject, client, resource and
/// upstream id; so an id works only for the one it was issued to, on any node, and nothing has to be stored. Whether the client declared elicitation by URL when it
/// opened the session is told by which of two MACs it is.
/// </summary>
/// <param name="key">32 bytes, the same on every node.</param>
public sealed class McpSessionIds(byte[] key)
{
    /// <summary>The longest upstream id that is accepted.</summary>
    public const int MaxUpstreamLength = 1024;

    private const int MacSize = 16;
    private const int MacLength = 22;

    /// <summary>The id to give to the client, or null when the upstream's is not 1 to 1,024 visible ASCII characters.</summary>
    public string? Wrap(AccessToken accessToken, string resourceUri, string upstreamId, bool urlElicitation)
    {
        if (!IsUsable(upstreamId))
        {
            return null;
        }

        Span<byte> mac = stackalloc byte[MacSize];
        Mac(accessToken, resourceUri, upstreamId, urlElicitation, mac);
        return Base64UrlText.Encode(mac) + upstreamId;
    }

    /// <summary>The upstream's id in what the client sent; false for garbage and for anyone else's.</summary>
    public bool TryUnwrap(AccessToken accessToken, string resourceUri, string sessionId, [NotNullWhen(true)] out string? upstreamId, out bool urlElicitation)
    {
        (upstreamId, urlElicitation) = (null, false);
        Span<byte> presented = stackalloc byte[MacSize];
        if (sessionId.Length <= MacLength || !Base64UrlText.TryDecode(sessionId.AsSpan(0, MacLength), presented))
        {
            return false;
        }

        var candidate = sessionId[MacLength..];
        if (!IsUsable(candidate))
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[MacSize];
        Mac(accessToken, resourceUri, candidate, urlElicitation: false, expected);
        if (!CryptographicOperations.FixedTimeEquals(presented, expected))
        {
            Mac(accessToken, resourceUri, candidate, urlElicitation: true, expected);
            if (!CryptographicOperations.FixedTimeEquals(presented, expected))
            {
                return false;
            }

            urlElicitation = true;
        }

        upstreamId = candidate;
        return true;
    }

    /// <summary>Whether an upstream's id can be bound: 1 to 1,024 visible ASCII characters, as the transport demands.</summary>
    public static bool IsUsable(string id) => id.Length is > 0 and <= MaxUpstreamLength && !id.AsSpan().ContainsAnyExceptInRange('!', '~');

    private void Mac(AccessToken accessToken, string resourceUri, string upstreamId, bool urlElicitation, Span<byte> mac)
    {
        const string UrlElicitation = "url-elicitation";

        var subject = accessToken.Subject.ToString();
        var size = Field(subject) + Field(accessToken.ClientId) + Field(resourceUri) + Field(upstreamId) + (urlElicitation ? Field(UrlElicitation) : 0);
        var message = size <= 1024 ? stackalloc byte[size] : new byte[size];
        var rest = Append(message, subject);
        rest = Append(rest, accessToken.ClientId);
        rest = Append(rest, resourceUri);
        rest = Append(rest, upstreamId);
        if (urlElicitation)
        {
            Append(rest, UrlElicitation);
        }

        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, full);
        full[..MacSize].CopyTo(mac);
    }

    private static int Field(string text) => sizeof(int) + Encoding.UTF8.GetByteCount(text);

    // Each field with its length first, so that no two principals share a message.
    private static Span<byte> Append(Span<byte> message, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, message[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        return message[(sizeof(int) + length)..];
    }
}
