namespace Keyholder.Resources;

/// <summary>Who the sessions of a resource act for.</summary>
public enum ResourceSubject
{
    /// <summary>The person who signs in.</summary>
    User,

    /// <summary>Nobody known: each session is a subject of its own, which the server makes up and which ends with the session.</summary>
    Session,
}
