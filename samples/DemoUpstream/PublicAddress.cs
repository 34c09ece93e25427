using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace DemoUpstream;

/// <summary>Where the outside reaches this process; also the issuer. Never derived from a request.</summary>
internal sealed class PublicAddress(IServer server, DemoUpstreamOptions options)
{
    /// <summary>Scheme and authority, without a trailing slash. Known once the server listens.</summary>
    public string Value => field ??= (options.PublicUrl ?? server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).TrimEnd('/');

    public string Of(string path) => Value + path;
}
