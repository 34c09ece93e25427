namespace Keyholder.Sessions;

/// <summary>Who a session acts for.</summary>
public enum SubjectKind
{
    /// <summary>A signed-in person.</summary>
    User,

    /// <summary>A virtual key.</summary>
    VirtualKey,

    /// <summary>Nobody known: an id minted by the server for this session alone.</summary>
    Session,
}
