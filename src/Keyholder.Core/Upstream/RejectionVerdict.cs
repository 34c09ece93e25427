namespace Keyholder.Upstream;

/// <summary>What becomes of a credential after the upstream answered 401.</summary>
internal enum RejectionVerdict
{
    /// <summary>It stays: another of the request's credentials is looked at first.</summary>
    Keep,

    /// <summary>Its provider is asked for a new one.</summary>
    Renew,

    /// <summary>It is of no use at this resource any more; somebody has to connect again. Other resources may take it.</summary>
    Refuse,

    /// <summary>It is everybody's: one request's 401 is no reason to end it.</summary>
    Spare,
}
