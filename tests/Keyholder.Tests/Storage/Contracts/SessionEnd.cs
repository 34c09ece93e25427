namespace Keyholder.Tests.Storage.Contracts;

/// <summary>The ways a session can be revoked.</summary>
public enum SessionEnd
{
    Alone,
    WithOthers,
    KillSwitch,
    WithItsClient,
}
