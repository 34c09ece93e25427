using Keyholder.Server.Endpoints;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Endpoints.Authorization;
using Keyholder.Server.Gateway;

namespace Keyholder.Server.Hosting;

/// <summary>Every route of the server: each part maps its group here, with one line.</summary>
internal static class KeyholderEndpoints
{
    /// <summary>Maps every group.</summary>
    public static void MapKeyholder(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealth();
        endpoints.MapMetadataEndpoints();
        endpoints.MapRegistrationEndpoint();
        endpoints.MapClientConfigurationEndpoints();
        endpoints.MapAuthorizationEndpoints();
        endpoints.MapTokenEndpoints();
        endpoints.MapUpstreamClient();
        endpoints.MapGateway();
        endpoints.MapApi();

        // One line per part. Say who may call from a browser with WithOrigins(…).
    }
}
