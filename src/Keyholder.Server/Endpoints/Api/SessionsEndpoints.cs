using Keyholder.Audit;
using Keyholder.Server.Configuration;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Connected clients: a user sees and ends their own sessions, an administrator all. What a caller may not see does not exist for them.</summary>
internal sealed class SessionsEndpoints(ISessionDirectory directory, SessionRevoker revoker, KeyholderConfiguration configuration, TimeProvider time)
{
    private readonly Dictionary<string, string> _configuredNames =
        configuration.Clients.Where(client => client.Name is not null).ToDictionary(client => client.Id, client => client.Name!, StringComparer.Ordinal);

    /// <summary>A page of live sessions.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var caller = ApiCaller.Of(http);
        var parameters = new ApiQuery(http.Request, "q", "subject_kind", "virtual_key_id", "user_id", "client_id", "limit", "cursor");
        var limit = parameters.ReadLimit();
        var query = Query(parameters, limit + 1);
        if (parameters.Error is { } error)
        {
            return new ApiErrorResult(error);
        }

        if (!caller.IsAdministrator)
        {
            if (query.Subject is not null && query.Subject != caller.Subject)
            {
                return Page([], null);
            }

            query = query with { Subject = caller.Subject };
        }

        var found = await directory.ListAsync(query, time.GetUtcNow(), http.RequestAborted);
        return Page(found.Take(limit), found.Count > limit ? found[limit - 1].Position : null);
    }

    /// <summary>One session in whatever state.</summary>
    public async Task<IResult> GetAsync(HttpContext http, string id) =>
        await FindAsync(http, id) is { } session
            ? Results.Json(SessionDocument.Of(session, _configuredNames), ApiJson.Default.SessionDocument)
            : new ApiErrorResult(ApiErrors.SessionUnknown);

    /// <summary>Ends one session.</summary>
    public async Task<IResult> DeleteAsync(HttpContext http, string id)
    {
        var caller = ApiCaller.Of(http);
        return await FindAsync(http, id) is { } session
            && await revoker.RevokeAsync(session.Id, Reason(caller), caller.Actor, http.Origin()) == SessionRevokeOutcome.Revoked
                ? Results.NoContent()
                : new ApiErrorResult(ApiErrors.SessionUnknown);
    }

    /// <summary>Ends, or counts, every session a selector matches.</summary>
    public async Task<IResult> RevokeAsync(HttpContext http)
    {
        var caller = ApiCaller.Of(http);
        var (asked, error) = await ApiBody.ReadAsync(http.Request, BulkRevocationReader.Read);
        if (asked is null)
        {
            return new ApiErrorResult(error!);
        }

        var selector = asked.Selector;
        if (!caller.IsAdministrator)
        {
            if (selector.Subject is not null && selector.Subject != caller.Subject)
            {
                return Counted(0, asked.DryRun);
            }

            selector = selector with { Subject = caller.Subject };
        }

        return Counted(
            asked.DryRun
                ? await directory.CountAsync(selector, http.RequestAborted)
                : await revoker.RevokeAllAsync(selector, Reason(caller), caller.Actor, http.Origin()),
            asked.DryRun);
    }

    /// <summary>Makes the next authorization of the session's client ask its subject again.</summary>
    public async Task<IResult> ReconsentAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is not { } session)
        {
            return new ApiErrorResult(ApiErrors.SessionUnknown);
        }

        var origin = http.Origin();
        var audit = new AuditEvent
        {
            At = time.GetUtcNow(),
            Action = AuditActions.ConsentForgotten,
            Actor = ApiCaller.Of(http).Actor,
            Target = $"session:{session.Id}",
            RemoteAddress = origin.RemoteAddress,
            RequestId = origin.RequestId,
        };
        return await directory.ForgetConsentAsync(session.Id, audit, http.RequestAborted)
            ? Results.NoContent()
            : new ApiErrorResult(ApiErrors.SessionUnknown);
    }

    private SessionQuery Query(ApiQuery parameters, int limit)
    {
        var query = new SessionQuery { Text = parameters["q"], ClientId = parameters["client_id"], Limit = limit };
        if (query.Text is { } text)
        {
            if (text.Length > SessionQuery.MaxTextLength)
            {
                parameters.Refuse("q", $"is longer than {SessionQuery.MaxTextLength} characters.");
            }

            query = query with { MatchingClients = configuration.ClientsMatching(text) };
        }

        if (parameters["subject_kind"] is { } kind)
        {
            query = query with { SubjectKind = SubjectKinds.Parse(kind) };
            if (query.SubjectKind is null)
            {
                parameters.Refuse("subject_kind", SubjectKinds.Problem);
            }
        }

        if (parameters["user_id"] is { } user)
        {
            query = query with { Subject = Subject.User(user) };
        }

        if (parameters["virtual_key_id"] is { } key)
        {
            if (query.Subject is not null)
            {
                parameters.Refuse("virtual_key_id", "cannot be combined with user_id.");
            }

            query = query with { Subject = new Subject(SubjectKind.VirtualKey, key) };
        }

        if (parameters["cursor"] is { } cursor)
        {
            if (RowPosition.TryParse(cursor, out var after))
            {
                return query with { After = after };
            }

            parameters.Refuse("cursor", "is not one this endpoint gave.");
        }

        return query;
    }

    private async Task<SessionListing?> FindAsync(HttpContext http, string id) =>
        SessionId.TryParse(id, out var sessionId)
        && await directory.FindAsync(sessionId, http.RequestAborted) is { } session
        && ApiCaller.Of(http).MaySee(session)
            ? session
            : null;

    private IResult Page(IEnumerable<SessionListing> sessions, RowPosition? next) =>
        Results.Json(new SessionPage([.. sessions.Select(session => SessionDocument.Of(session, _configuredNames))], next?.ToString()), ApiJson.Default.SessionPage);

    private static IResult Counted(int count, bool dryRun) => Results.Json(new BulkRevocationResult(count, dryRun), ApiJson.Default.BulkRevocationResult);

    private static string Reason(ApiCaller caller) => caller.IsAdministrator ? RevocationReasons.Operator : RevocationReasons.UserRequest;
}
