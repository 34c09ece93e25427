using Keyholder.Upstream.Discovery;
using Keyholder.Upstream.Revocation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Upstream;

/// <summary>What every conversation with a provider shares: the guarded connection and the caches of what was found out about it. One per process.</summary>
public sealed class UpstreamClient
{
    /// <summary>A client with empty caches.</summary>
    /// <param name="http">The guarded connection.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="registrar">Makes Keyholder a client of providers found by discovery; without, there can be none.</param>
    /// <param name="logger">Told of what discovery finds.</param>
    public UpstreamClient(GuardedHttp http, UpstreamOptions options, TimeProvider time, UpstreamClientRegistrar? registrar = null, ILogger<UpstreamClient>? logger = null)
    {
        Metadata = new ProviderMetadataSource(http, options, time);
        Providers = new ProviderResolver(
            Metadata, new ProtectedResourceSource(http), registrar, options, time, logger ?? NullLogger<UpstreamClient>.Instance);
        Tokens = new TokenEndpointClient(http, time);
        Revocations = new RevocationEndpointClient(http, Providers, time);
        IdTokens = new IdTokenValidator(new JsonWebKeySource(http, options, time), time);
        Accounts = new AccountReader(http, IdTokens);
    }

    internal ProviderMetadataSource Metadata { get; }

    internal ProviderResolver Providers { get; }

    internal TokenEndpointClient Tokens { get; }

    internal RevocationEndpointClient Revocations { get; }

    internal IdTokenValidator IdTokens { get; }

    internal AccountReader Accounts { get; }
}
