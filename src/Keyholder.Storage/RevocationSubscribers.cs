namespace Keyholder.Storage;

/// <summary>Who in this process wants to hear of revocations.</summary>
internal sealed class RevocationSubscribers : IRevocationSignal
{
    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];

    /// <inheritdoc />
    public IDisposable Subscribe(Action onSignal)
    {
        var subscription = new Subscription(this, onSignal);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    /// <summary>Calls every subscriber.</summary>
    public void Signal()
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.OnSignal();
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }

    private sealed class Subscription(RevocationSubscribers owner, Action onSignal) : IDisposable
    {
        public Action OnSignal => onSignal;

        public void Dispose() => owner.Remove(this);
    }
}
