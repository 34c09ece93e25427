using System.Security.Cryptography;
using System.Text;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Notices when Keyholder became another client at a provider: what was issued to the other one cannot be refreshed, so its credentials ask for a new connection at once.</summary>
public sealed class UpstreamRegistrations(IUpstreamRegistrationStore store, TimeProvider time, ILogger<UpstreamRegistrations> logger)
{
    /// <summary>The reason such credentials have.</summary>
    public const string Reason = "upstream_client_changed";

    /// <summary>Records the client of every provider that has a configured one. The same clients again change nothing. Before the first request of a configuration, and after every change of it.</summary>
    public async Task RecordAsync(IReadOnlyList<Provider> providers, CancellationToken cancellationToken)
    {
        foreach (var provider in providers.Where(p => p.ClientId.Length > 0))
        {
            var now = time.GetUtcNow();
            var changed = new AuditEvent { At = now, Action = AuditActions.UpstreamClientChanged, Actor = "system", Target = "provider:" + provider.Name };
            var (generation, marked) = await store.RecordAsync(provider.Name, Registration(provider), Reason, changed, now, cancellationToken);
            if (marked is not null)
            {
                UpstreamLog.ClientChanged(logger, provider.Name, generation, marked.Value);
            }
        }
    }

    // Neither the secret nor a path: changing those leaves refresh tokens good.
    private static byte[] Registration(Provider provider)
    {
        var server = provider.Issuer ?? provider.TokenEndpoint?.GetLeftPart(UriPartial.Authority) ?? "";
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{server.Length}:{server}{provider.ClientId}"));
    }
}
