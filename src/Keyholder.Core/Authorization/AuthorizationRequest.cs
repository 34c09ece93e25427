using Keyholder.Sessions;

namespace Keyholder.Authorization;

/// <summary>
/// A validated, pending authorization request (RFC 6749 section 4.1.1). Everything a later step decides on is read from
/// this record, never from the browser.
/// </summary>
public sealed record AuthorizationRequest
{
    /// <summary>32 random bytes in base64url; the <c>request</c> parameter of the pages.</summary>
    public required string Id { get; init; }

    public required AuthorizationPhase Phase { get; init; }

    /// <summary>What the request ends in.</summary>
    public AuthorizationPurpose Purpose { get; init; }

    /// <summary>SHA-256 of the browser-binding cookie of the browser that began the request.</summary>
    public required byte[] BrowserHash { get; init; }

    /// <summary>The session the request will open; minted at the start so that every leg stores under one id.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>The session that is connected; null unless the purpose says so. <see cref="SessionId"/> is then only the request's own.</summary>
    public SessionId? ConnectedSession { get; init; }

    /// <summary>The virtual key that is connected; null when it is not one. <see cref="Subject"/> is then who connects it: a user, or the key itself.</summary>
    public string? ConnectedKey { get; init; }

    /// <summary>The connect link that the approval uses up (<see cref="Connect.ConnectLink.IdHash"/>); null when none is.</summary>
    public byte[]? ConnectLinkHash { get; init; }

    /// <summary>Whom credentials are connected for; null until signed in.</summary>
    public Subject? CredentialSubject => ConnectedKey is { } key ? new Subject(SubjectKind.VirtualKey, key) : Subject;

    /// <summary>The session under which credentials of sessions lie. A key that is used by itself is its own.</summary>
    public SessionId CredentialSession => ConnectedSession ?? (Sessions.SessionId.TryParse(ConnectedKey, out var key) ? key : SessionId);

    /// <summary>Who asks; empty when no client does. For <see cref="AuthorizationPurpose.ConnectShared"/> the resource is empty too, and redirect URI and challenge are whenever something is connected.</summary>
    public required string ClientId { get; init; }

    /// <summary>The redirect URI actually used, loopback port included; empty for a device.</summary>
    public required string RedirectUri { get; init; }

    public required bool RedirectUriWasSent { get; init; }

    public string? State { get; init; }

    /// <summary>The S256 challenge; empty for a device, whose code never leaves it.</summary>
    public required string CodeChallenge { get; init; }

    /// <summary>SHA-256 of the secret of the device code that will redeem the session (RFC 8628); null when the answer is a redirect.</summary>
    public byte[]? DeviceCodeHash { get; init; }

    /// <summary>Whether a device waits for the answer: no browser carries it anywhere.</summary>
    public bool IsForDevice => DeviceCodeHash is not null;

    /// <summary>The resource URI.</summary>
    public required string Resource { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Whether the client asked for <c>prompt=consent</c> or <c>prompt=login</c>.</summary>
    public string? Prompt { get; init; }

    /// <summary>Who acts; null until signed in.</summary>
    public Subject? Subject { get; init; }

    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>The providers to connect, in order; null until that is decided, once.</summary>
    public IReadOnlyList<AuthorizationLeg>? Legs { get; init; }

    /// <summary>The leg whose turn it is; null when there is none left.</summary>
    public AuthorizationLeg? NextLeg => Legs?.FirstOrDefault(leg => leg.State == LegState.Pending);

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>10 minutes after <see cref="CreatedAt"/>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"authorization request of {ClientId} for {Resource} ({Phase})";
}
