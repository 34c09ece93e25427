using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Notices when Keyholder became another client at a provider, or a name stands for another server or another discovered upstream: what was issued before is not for it, so its credentials ask for a new connection at once.</summary>
public sealed class UpstreamRegistrations(IUpstreamRegistrationStore store, TimeProvider time, ILogger<UpstreamRegistrations> logger)
{
    /// <summary>The reason such credentials have.</summary>
    public const string Reason = "upstream_client_changed";

    /// <summary>Records what every provider that issues tokens is. The same again changes nothing. Before the first request of a configuration, and after every change of it.</summary>
    public async Task RecordAsync(IReadOnlyList<Provider> providers, CancellationToken cancellationToken)
    {
        foreach (var provider in providers.Where(p => p.Kind != ProviderKind.Headers))
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

    // Neither the secret nor a path of an endpoint: changing those leaves refresh tokens good. A discovered provider is what its upstream makes of it.
    private static byte[] Registration(Provider provider) => SHA256.HashData(new EnvelopeContext("upstream_registration")
        .Add(provider.ClientId)
        .Add(provider.Issuer ?? "")
        .Add(AuthorityOf(provider.AuthorizationEndpoint))
        .Add(AuthorityOf(provider.TokenEndpoint))
        .Add(AuthorityOf(provider.RefreshEndpoint))
        .Add(provider.Discovery?.Upstream.AbsoluteUri ?? "")
        .Add(provider.Discovery?.Issuer ?? "")
        .Bytes);

    private static string AuthorityOf(Uri? endpoint) => endpoint?.GetLeftPart(UriPartial.Authority) ?? "";
}
