using Keyholder.Sessions;

namespace Keyholder.Authorization;

/// <summary>A person's remembered approval of a client. The key is all but <paramref name="Scopes"/>, <paramref name="ClientFingerprint"/> and <paramref name="GrantedAt"/>.</summary>
/// <param name="Subject">Who approved.</param>
/// <param name="ClientId">Which client.</param>
/// <param name="RedirectHost">The host (or private-use scheme) codes go to.</param>
/// <param name="Resource">For which resource URI.</param>
/// <param name="Scopes">Every scope approved so far.</param>
/// <param name="ClientFingerprint">SHA-256 over the client's displayed metadata; a changed client is asked about again.</param>
/// <param name="GrantedAt">When the latest approval was given.</param>
public sealed record Consent(
    Subject Subject,
    string ClientId,
    string RedirectHost,
    string Resource,
    IReadOnlyList<string> Scopes,
    byte[] ClientFingerprint,
    DateTimeOffset GrantedAt);
