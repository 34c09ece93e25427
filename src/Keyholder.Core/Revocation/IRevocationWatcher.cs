using Keyholder.Tokens;

namespace Keyholder.Revocation;

/// <summary>Lets a long-lived stream end when its token is revoked.</summary>
public interface IRevocationWatcher
{
    /// <summary>Calls <paramref name="onRevoked"/> once when a revocation that matches <paramref name="accessToken"/> arrives (at once if it already has). Dispose to stop watching.</summary>
    IDisposable Watch(AccessToken accessToken, Action onRevoked);
}
