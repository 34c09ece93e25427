using Keyholder.Revocation;

namespace Keyholder.Server.Hosting;

/// <summary>Loads the revocation log before the server listens, then follows it.</summary>
internal sealed class RevocationFeedService(RevocationFeed feed) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await feed.LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => feed.RunAsync(stoppingToken);
}
