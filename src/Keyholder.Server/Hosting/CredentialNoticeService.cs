using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Forgets, on this node, the credentials of an owner when any node says in the revocation log that they changed.</summary>
internal sealed class CredentialNoticeService(RevocationFeed feed, CredentialVault vault, IResourceSource resources) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        feed.Noticed += Forget;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        feed.Noticed -= Forget;
        return Task.CompletedTask;
    }

    private void Forget(RevocationTarget target)
    {
        if (CredentialNotice.OwnerOf(target) is { } owner)
        {
            foreach (var provider in resources.Current.Providers)
            {
                vault.Forget(new CredentialKey(owner, provider.Name));
            }
        }
    }
}
