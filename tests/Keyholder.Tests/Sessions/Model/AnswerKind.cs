namespace Keyholder.Tests.Sessions.Model;

/// <summary>What an operation is answered with.</summary>
internal enum AnswerKind
{
    Granted,
    InvalidGrant,
    InvalidScope,
    InvalidTarget,

    /// <summary>The store failed: the caller cannot know what happened.</summary>
    Failed,

    Revoked,
    AlreadyRevoked,
    /// <summary>There is no such session any more.</summary>
    NotFound,

    Disabled,
    Swept,
}
