namespace Keyholder.Tests.Sessions.Model;

/// <summary>Where the database goes away during one operation.</summary>
internal enum StoreFault
{
    None,

    /// <summary>Before the redemption or rotation is committed.</summary>
    TransitionNotMade,

    /// <summary>After it is committed, before anybody learns of it.</summary>
    TransitionAnswerLost,

    RevocationNotMade,

    RevocationAnswerLost,
}
