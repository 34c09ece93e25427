namespace Keyholder.Storage;

/// <summary>Tells that the revocation log may hold something new, so that it is read at once and not only at the next poll.</summary>
public interface IRevocationSignal
{
    /// <summary>
    /// Calls <paramref name="onSignal"/> after every committed append, by this node or another, and whenever one may have gone unnoticed because the way it
    /// is told was cut for a while. A hint only: it may come without anything new, late or, on a broken connection, not at all; reading the log decides.
    /// </summary>
    /// <param name="onSignal">Returns quickly and throws nothing; called on any thread, also concurrently.</param>
    /// <returns>Ends the subscription.</returns>
    IDisposable Subscribe(Action onSignal);
}
