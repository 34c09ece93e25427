namespace Keyholder.Authorization;

/// <summary>How far a pending authorization request has come. Every transition is one conditional update.</summary>
public enum AuthorizationPhase
{
    /// <summary>The person has to sign in.</summary>
    SignIn,

    /// <summary>The person has to approve the client.</summary>
    Consent,

    /// <summary>Approved; missing upstream credentials are being obtained, then the code is issued.</summary>
    Upstream,

    /// <summary>A code was issued.</summary>
    Completed,

    /// <summary>Denied or failed; the client was told.</summary>
    Failed,
}
