using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Ends an authorization request, once, and sends the browser back to the client with what became of it.</summary>
internal sealed partial class AuthorizationEnding(
    IAuthorizationRequestStore store,
    ClientSnapshots snapshots,
    AuthorizationCodeIssuer codes,
    LegWithdrawal withdrawal,
    IResourceSource resources,
    Issuer issuer,
    TimeProvider time,
    ILogger<AuthorizationEnding> logger)
{
    /// <summary>Opens the session and answers with its code, or tells the person that everything is connected. The session is stored before the code leaves.</summary>
    public async Task<IResult> CompleteAsync(HttpContext http, AuthorizationRequest request, AuthorizationDecision decision)
    {
        if (request.Purpose != AuthorizationPurpose.OpenSession)
        {
            return await CompleteConnectionAsync(http, request);
        }

        var client = decision.Client!;
        var granted = ScopeGrant.Granted(client, decision.Resource!, request.Scopes, decision.Remembered);
        if (granted.Count == 0)
        {
            return await FailAsync(http, request, OAuthErrors.InvalidScope);
        }

        await snapshots.KeepAsync(client, http.RequestAborted);
        var (session, answer) = Open(request with { Scopes = granted });
        var audit = Audit(http, request, AuditActions.SessionCreated, "session:" + session.Id);
        var outcome = await store.CompleteAsync(request.Id, session, audit, audit.At, http.RequestAborted);
        return outcome == AuthorizationTransitionOutcome.Moved ? answer : Lost(outcome);
    }

    private async Task<IResult> CompleteConnectionAsync(HttpContext http, AuthorizationRequest request)
    {
        var audit = Audit(http, request, AuditActions.ConnectionCompleted, request is { ConnectedKey: null, ConnectedSession: { } session } ? "session:" + session : null);
        var outcome = await store.CompleteAsync(request.Id, session: null, audit, audit.At, http.RequestAborted);
        return outcome == AuthorizationTransitionOutcome.Moved ? new PageResult<ConnectionDonePage>(StatusCodes.Status200OK, []) : Lost(outcome);
    }

    /// <summary>The session, and what the browser is told once it is stored: a device comes for its tokens by itself.</summary>
    private (Session Session, IResult Answer) Open(AuthorizationRequest request)
    {
        if (request.IsForDevice)
        {
            return (codes.OpenForDevice(request), new PageResult<DeviceDonePage>(StatusCodes.Status200OK, []));
        }

        var issued = codes.Issue(request);
        return (issued.Session, new SeeOtherResult(AuthorizationResponse.Success(issuer, request.RedirectUri, request.State, issued.Code)));
    }

    /// <summary>Ends the request with an error.</summary>
    /// <param name="http">The request of the browser.</param>
    /// <param name="request">The authorization request.</param>
    /// <param name="error">What the client learns.</param>
    /// <param name="audit">Recorded with it.</param>
    /// <param name="page">What the person has to read before the browser goes back to the client; null = nothing.</param>
    public async Task<IResult> FailAsync(HttpContext http, AuthorizationRequest request, OAuthError error, AuditEvent? audit = null, PageError? page = null)
    {
        var outcome = await store.FailAsync(request.Id, audit, time.GetUtcNow(), http.RequestAborted);
        if (outcome != AuthorizationTransitionOutcome.Moved)
        {
            return Lost(outcome);
        }

        LogFailed(error.Code, error.Debug ?? error.Description, http.TraceIdentifier);
        await ForgetCredentialsAsync(request.Id);
        var back = request is { Purpose: AuthorizationPurpose.OpenSession, IsForDevice: false } ? AuthorizationResponse.Failure(issuer, request.RedirectUri, request.State, error) : null;
        return request switch
        {
            _ when page is not null => new ErrorPageResult(page, back),
            { Purpose: not AuthorizationPurpose.OpenSession } =>
                new PageResult<ConnectionDonePage>(StatusCodes.Status200OK, new() { [nameof(ConnectionDonePage.Problem)] = error.Description }),
            { IsForDevice: true } => new PageResult<DeviceDonePage>(StatusCodes.Status200OK, new() { [nameof(DeviceDonePage.Problem)] = error.Description }),
            _ => new SeeOtherResult(back!),
        };
    }

    /// <summary>Removes what the legs of a failed request stored.</summary>
    private async Task ForgetCredentialsAsync(string requestId)
    {
        if (await store.FindAsync(requestId, CancellationToken.None) is not { Legs: { } legs } request)
        {
            return;
        }

        foreach (var leg in legs.Where(leg => leg.State == LegState.Connected))
        {
            if (resources.Current.FindProvider(leg.Provider) is { } provider)
            {
                await withdrawal.WithdrawAsync(request, provider);
            }
        }
    }

    /// <summary>An audit event by the request's subject about the virtual key that is connected, else about its client.</summary>
    public AuditEvent Audit(HttpContext http, AuthorizationRequest request, string action, string? target = null) => new()
    {
        At = time.GetUtcNow(),
        Action = action,
        Actor = request.Subject?.ToString() ?? "anonymous",
        Target = target ?? TargetOf(request),
        Reason = request.IsForDevice ? "device" : null,
        RemoteAddress = http.Connection.RemoteIpAddress?.ToString(),
        RequestId = http.TraceIdentifier,
    };

    private static string TargetOf(AuthorizationRequest request) =>
        request.ConnectedKey is { } key ? "vk:" + key
        : request.ClientId.Length > 0 ? "client:" + request.ClientId
        : "provider:" + request.Legs?[0].Provider;

    /// <summary>The page for the loser of a transition.</summary>
    private static ErrorPageResult Lost(AuthorizationTransitionOutcome outcome) => new(outcome switch
    {
        AuthorizationTransitionOutcome.NotFound => PageErrors.RequestUnknown,
        AuthorizationTransitionOutcome.Expired => PageErrors.RequestExpired,
        _ => PageErrors.RequestFinished,
    });

    [LoggerMessage(1101, LogLevel.Information, "An authorization request ended with {Code}: {Reason}; request id {RequestId}")]
    private partial void LogFailed(string code, string reason, string requestId);
}
