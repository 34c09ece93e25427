namespace Keyholder.Storage;

/// <summary>What became of a session's revocation.</summary>
public enum SessionRevokeOutcome
{
    Revoked,

    AlreadyRevoked,

    NotFound,
}
