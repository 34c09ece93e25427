using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Sessions;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>Pending authorization requests. Every transition is conditional on the phase, so each step happens once.</summary>
public interface IAuthorizationRequestStore
{
    /// <summary>Stores a new request.</summary>
    Task AddAsync(AuthorizationRequest request, CancellationToken cancellationToken);

    /// <summary>The request, expired or finished or not, or null.</summary>
    Task<AuthorizationRequest?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary><see cref="AuthorizationPhase.SignIn"/> → <see cref="AuthorizationPhase.Consent"/>, with the subject.</summary>
    Task<AuthorizationTransitionOutcome> SignInAsync(string id, Subject subject, DateTimeOffset authenticatedAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// The same with a virtual key as the subject, if the key is live and <paramref name="secret"/> one of its that works; else <see cref="AuthorizationTransitionOutcome.SubjectInactive"/>.
    /// Decided in the transaction: whatever ends the secret either comes first and is seen, or comes later and finds the request.
    /// </summary>
    Task<AuthorizationTransitionOutcome> SignInKeyAsync(string id, PresentedSecret secret, DateTimeOffset authenticatedAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary><see cref="AuthorizationPhase.Consent"/> → <see cref="AuthorizationPhase.Upstream"/>, remembering the approval (scopes are added to those approved before under the same fingerprint; a changed client starts afresh) in the same transaction; <paramref name="consent"/> is null when a remembered one sufficed. Uses up the connect link the request names (<see cref="AuthorizationRequest.ConnectLinkHash"/>), once: <see cref="AuthorizationTransitionOutcome.LinkUsed"/> when it is gone.</summary>
    Task<AuthorizationTransitionOutcome> ConsentAsync(string id, Consent? consent, AuditEvent? audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Keeps which providers have to be connected, once, in <see cref="AuthorizationPhase.Upstream"/>.</summary>
    Task<AuthorizationTransitionOutcome> PlanAsync(string id, IReadOnlyList<AuthorizationLeg> legs, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Puts <paramref name="leg"/>, connected or skipped, in the place of the pending leg whose turn it is in <see cref="AuthorizationPhase.Upstream"/>; <see cref="AuthorizationTransitionOutcome.WrongPhase"/> when it is another provider's turn.</summary>
    Task<AuthorizationTransitionOutcome> AdvanceAsync(string id, AuthorizationLeg leg, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The request with that session id, expired or finished or not, or null.</summary>
    Task<AuthorizationRequest?> FindBySessionAsync(SessionId sessionId, CancellationToken cancellationToken);

    /// <summary><see cref="AuthorizationPhase.Upstream"/> → <see cref="AuthorizationPhase.Completed"/>, inserting the session that holds the code, if the request opens one, in the same transaction.</summary>
    Task<AuthorizationTransitionOutcome> CompleteAsync(string id, Session? session, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Any unfinished phase → <see cref="AuthorizationPhase.Failed"/>.</summary>
    Task<AuthorizationTransitionOutcome> FailAsync(string id, AuditEvent? audit, DateTimeOffset now, CancellationToken cancellationToken);
}
