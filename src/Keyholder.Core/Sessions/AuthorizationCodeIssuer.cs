using Keyholder.Authorization;
using Keyholder.Tokens;

namespace Keyholder.Sessions;

/// <summary>Turns an approved authorization request into a session with an authorization code (RFC 6749 section 4.1.2). Stores nothing.</summary>
public sealed class AuthorizationCodeIssuer(OpaqueTokenFormats formats, SessionOptions options, TimeProvider time)
{
    /// <summary>
    /// The session the request opens, under the id the request has carried from its start, and the code that redeems it. Until then the session
    /// lives no longer than the code. Call once, when the request completes; store the session before the code leaves the server.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nobody has signed in to the request: a bug of the caller.</exception>
    public IssuedAuthorizationCode Issue(AuthorizationRequest request)
    {
        var now = time.GetUtcNow();
        var code = new OpaqueToken(request.SessionId, generation: 0, TokenSecret.Create());
        var record = new AuthorizationCodeRecord
        {
            Hash = code.Secret.Hash(),
            ExpiresAt = now + options.CodeLifetime,
            RedirectUri = request.RedirectUri,
            RedirectUriWasSent = request.RedirectUriWasSent,
            Challenge = request.CodeChallenge,
        };
        return new IssuedAuthorizationCode(Open(request, record, now), formats.AuthorizationCode.Format(code));
    }

    /// <summary>The same for a device: what redeems the session is the device code, which the device holds already (RFC 8628).</summary>
    /// <exception cref="InvalidOperationException">Nobody has signed in to the request, or no device waits for it: a bug of the caller.</exception>
    public Session OpenForDevice(AuthorizationRequest request)
    {
        var record = new AuthorizationCodeRecord
        {
            Hash = request.DeviceCodeHash ?? throw new InvalidOperationException("No device waits for the authorization request."),
            ExpiresAt = request.ExpiresAt,
            RedirectUri = request.RedirectUri,
            RedirectUriWasSent = request.RedirectUriWasSent,
            Challenge = request.CodeChallenge,
        };
        return Open(request, record, time.GetUtcNow());
    }

    private Session Open(AuthorizationRequest request, AuthorizationCodeRecord code, DateTimeOffset now)
    {
        if (request.Subject is null || request.AuthenticatedAt is null)
        {
            throw new InvalidOperationException("An authorization request without a subject cannot be completed.");
        }

        return new Session
        {
            Id = request.SessionId,
            Subject = request.Subject,
            ClientId = request.ClientId,
            Resource = request.Resource,
            Scopes = request.Scopes,
            AuthenticatedAt = request.AuthenticatedAt.Value,
            CreatedAt = now,
            LastUsedAt = now,
            IdleExpiresAt = code.ExpiresAt,
            AbsoluteExpiresAt = now + options.AbsoluteLifetime,
            Code = code,
        };
    }
}
