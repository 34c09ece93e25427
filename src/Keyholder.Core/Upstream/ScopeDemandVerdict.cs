namespace Keyholder.Upstream;

/// <summary>What an upstream's demand for scopes leads to.</summary>
internal enum ScopeDemandVerdict
{
    /// <summary>Somebody is to connect again, and the demand has to be recorded for that.</summary>
    Record,

    /// <summary>Somebody is to connect again, as is recorded already.</summary>
    Standing,

    /// <summary>Nothing: somebody connected for these scopes lately, or it wants too much.</summary>
    Refuse,
}
