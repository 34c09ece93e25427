using System.Text;

namespace Keyholder.Bench.Refresh;

/// <summary>The newest refresh token of every stored session. Each is used by one caller at a time.</summary>
internal sealed class RefreshTokens
{
    /// <summary><c>kh_rt_</c> and 68 bytes in base64url.</summary>
    public const int Length = 97;

    private readonly byte[][] _tokens;

    public RefreshTokens(IEnumerable<string> tokens) =>
        _tokens = [.. tokens.Select(t => t.Length == Length ? Encoding.ASCII.GetBytes(t) : throw new ArgumentException($"A refresh token has {t.Length} characters.", nameof(tokens)))];

    public int Count => _tokens.Length;

    /// <summary>The token of a session, to be read and replaced in place.</summary>
    public Span<byte> this[int session] => _tokens[session];
}
