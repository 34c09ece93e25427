using Keyholder.Sessions;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A session as the API shows it.</summary>
internal sealed record SessionDocument(
    string Id,
    string SubjectKind,
    string Subject,
    string? UserId,
    string? VirtualKeyId,
    string? SubjectName,
    string ClientId,
    string? ClientName,
    string Resource,
    IReadOnlyList<string> Scopes,
    DateTimeOffset AuthenticatedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    string? RevokedReason)
{
    /// <summary>The document of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="configuredNames">Client id → name of the configured clients, which the database does not know.</param>
    public static SessionDocument Of(SessionListing session, IReadOnlyDictionary<string, string> configuredNames) => new(
        session.Id.ToString(),
        session.Subject.KindName,
        session.Subject.ToString(),
        session.Subject.Kind == Sessions.SubjectKind.User ? session.Subject.Id : null,
        session.Subject.Kind == Sessions.SubjectKind.VirtualKey ? session.Subject.Id : null,
        session.SubjectName,
        session.ClientId,
        session.ClientName ?? configuredNames.GetValueOrDefault(session.ClientId),
        session.Resource,
        session.Scopes,
        session.AuthenticatedAt,
        session.CreatedAt,
        session.LastUsedAt,
        session.ExpiresAt,
        session.RevokedAt,
        session.RevokedReason);
}
