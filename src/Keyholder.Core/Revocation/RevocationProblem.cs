namespace Keyholder.Revocation;

/// <summary>Why a request to the kill switch is refused. Nothing was changed.</summary>
public enum RevocationProblem
{
    /// <summary>The value is not one of its kind.</summary>
    TargetMalformed,

    /// <summary>No provider of that name is configured.</summary>
    ProviderUnknown,

    /// <summary>It is neither the name of a configured resource nor an absolute URI.</summary>
    ResourceUnknown,

    /// <summary>The reason is empty, too long or holds a control character.</summary>
    ReasonMalformed,

    /// <summary>The expiry is not in the future.</summary>
    ExpiryPast,

    /// <summary>Only tokens and quarantines have an expiry to choose: any other entry stands as long as it matters.</summary>
    ExpiryNotApplicable,
}
