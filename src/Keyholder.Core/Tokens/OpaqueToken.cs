using Keyholder.Sessions;

namespace Keyholder.Tokens;

/// <summary>What an authorization code or a refresh token says: which session, which generation of it, and the secret that proves possession.</summary>
public readonly struct OpaqueToken(SessionId sessionId, uint generation, TokenSecret secret)
{
    /// <summary>The session the token belongs to.</summary>
    public SessionId SessionId { get; } = sessionId;

    /// <summary>0 for a code, 1 for a session's first refresh token, then +1 per rotation.</summary>
    public uint Generation { get; } = generation;

    /// <summary>The proof of possession.</summary>
    public TokenSecret Secret { get; } = secret;

    /// <inheritdoc />
    public override string ToString() => $"token of session {SessionId}, generation {Generation}";
}
