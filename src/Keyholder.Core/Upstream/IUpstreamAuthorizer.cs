using Keyholder.Resources;
using Keyholder.Tokens;

namespace Keyholder.Upstream;

/// <summary>Swaps a validated access token for what its resource's upstream wants.</summary>
public interface IUpstreamAuthorizer
{
    /// <summary>The authorization for a request; refreshed before expiry, one refresh for concurrent callers. A warm credential costs no I/O.</summary>
    ValueTask<UpstreamAuthorization> AuthorizeAsync(Resource resource, AccessToken accessToken, CancellationToken cancellationToken);

    /// <summary>After the upstream answered 401 to <paramref name="rejected"/>: one forced refresh unless someone else already replaced that version. When it was renewed just now, the person has to connect again before this resource uses it.</summary>
    ValueTask<UpstreamAuthorization> ReauthorizeAsync(Resource resource, AccessToken accessToken, UpstreamAuthorization rejected, CancellationToken cancellationToken);

    /// <summary>After the upstream took an authorization that tried a refused credential again (<see cref="UpstreamAuthorization.IsRetry"/>): it is refused no more. Never throws.</summary>
    ValueTask AcceptedAsync(UpstreamAuthorization accepted);
}
