using Keyholder.Sessions;
using Keyholder.Vault;
using Microsoft.AspNetCore.Http.Features;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Who calls the API.</summary>
/// <param name="Actor">For the audit trail: a subject's text form or <c>admin_token:NAME</c>.</param>
/// <param name="Subject">The user; null for an admin token.</param>
/// <param name="IsAdministrator">Whether everything is open, or only what is the user's own.</param>
/// <param name="Scopes">What the user let the token do; empty for an admin token.</param>
internal sealed record ApiCaller(string Actor, Subject? Subject, bool IsAdministrator, IReadOnlyList<string> Scopes)
{
    /// <summary>Whether the caller may use what needs that scope.</summary>
    public bool May(string scope) => IsAdministrator || Scopes.Contains(scope);

    /// <summary>Whether the caller may see and delete a credential.</summary>
    public bool MaySee(CredentialListing credential) => IsAdministrator || credential.BoundUser == Subject;

    /// <summary>Whether the caller may see and end a session.</summary>
    public bool MaySee(SessionListing session) => IsAdministrator || session.Subject == Subject;

    /// <summary>The caller of an authenticated request.</summary>
    public static ApiCaller Of(HttpContext http) => http.Features.GetRequiredFeature<ApiCaller>();
}
