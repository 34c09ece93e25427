namespace Keyholder.Bench.Chaos.History;

/// <summary>What a client saw of an answer.</summary>
internal enum AnswerKind
{
    /// <summary>None, or one that only says to try again: the client cannot know what happened.</summary>
    None,

    /// <summary>What was asked for.</summary>
    Granted,

    /// <summary>The token is no good: <c>invalid_grant</c>, or 401 at the resource.</summary>
    Refused,
}
