namespace Keyholder.Upstream;

/// <summary>What every conversation with a provider shares: the guarded connection and the caches of metadata and keys. One per process.</summary>
public sealed class UpstreamClient
{
    /// <summary>A client with empty caches.</summary>
    public UpstreamClient(GuardedHttp http, UpstreamOptions options, TimeProvider time)
    {
        Metadata = new ProviderMetadataSource(http, options, time);
        Tokens = new TokenEndpointClient(http, time);
        IdTokens = new IdTokenValidator(new JsonWebKeySource(http, options, time), time);
        Accounts = new AccountReader(http, IdTokens);
    }

    internal ProviderMetadataSource Metadata { get; }

    internal TokenEndpointClient Tokens { get; }

    internal IdTokenValidator IdTokens { get; }

    internal AccountReader Accounts { get; }
}
