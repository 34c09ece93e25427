namespace Keyholder.Storage;

/// <summary>What became of a step of an authorization request. Exactly one of several concurrent callers gets <see cref="Moved"/>.</summary>
public enum AuthorizationTransitionOutcome
{
    /// <summary>The request was in the expected phase and is now in the next.</summary>
    Moved,

    NotFound,

    Expired,

    /// <summary>The request has already left the expected phase.</summary>
    WrongPhase,

    /// <summary>The virtual key that was to sign in cannot be used any more, or not with the secret it was presented with.</summary>
    SubjectInactive,

    /// <summary>The connect link that the approval would use up was used up before, or has expired.</summary>
    LinkUsed,
}
