using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Revocation;

/// <summary>What the kill switch looks at when it judges something: the ids it can be matched by, and the moments cut-offs are compared with.</summary>
/// <param name="TokenId">The <c>jti</c>, or the id of a browser session or admin token; null for a session.</param>
/// <param name="SessionId">The session it belongs to, if any.</param>
/// <param name="Subject">Who it acts for; null for an admin token, which is nobody's.</param>
/// <param name="ClientId">The client that holds it, if any.</param>
/// <param name="Resource">The resource URI it is for, if any.</param>
/// <param name="IssuedAt">When it was issued: compared with the cut-off of a client, resource or provider.</param>
/// <param name="SignedInAt">When its subject signed in: compared with the cut-off of a subject and of everything, so that a flow begun before the cut-off cannot end after it.</param>
internal readonly record struct RevocationCandidate(
    string? TokenId, SessionId? SessionId, Subject? Subject, string? ClientId, string? Resource, DateTimeOffset IssuedAt, DateTimeOffset SignedInAt)
{
    public static RevocationCandidate Of(AccessToken token) =>
        new(token.Id, token.SessionId, token.Subject, token.ClientId, token.Audience, token.IssuedAt, token.AuthenticatedAt);

    public static RevocationCandidate Of(Session session) =>
        new(null, session.Id, session.Subject, session.ClientId, session.Resource, session.CreatedAt, session.AuthenticatedAt);

    public static RevocationCandidate Of(AdminToken token) => new(token.RevocationId, null, null, null, null, token.CreatedAt, token.CreatedAt);

    public static RevocationCandidate Of(BrowserSession browser) =>
        new(browser.Id, null, Subject.User(browser.UserId), null, null, browser.AuthenticatedAt, browser.AuthenticatedAt);
}
