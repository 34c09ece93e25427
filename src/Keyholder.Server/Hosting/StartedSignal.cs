namespace Keyholder.Server.Hosting;

/// <summary>Knows whether every part of the host has started.</summary>
internal sealed class StartedSignal : IHostedLifecycleService
{
    private volatile bool _isSet;

    public bool IsSet => _isSet;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _isSet = true;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
