using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Keyholder's own API. Every route authenticates first; bodies and parameters are looked at afterwards.</summary>
internal static class ApiEndpoints
{
    /// <summary>Registers the API. It needs the storage ports, sessions and tokens.</summary>
    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<AdminTokens>();
        services.AddSingleton<SessionsEndpoints>();
        services.AddSingleton<ConnectLinksEndpoint>();
        services.AddSingleton<RevocationsEndpoints>();
        services.AddSingleton<VirtualKeysEndpoints>();
        services.AddSingleton<GrantsEndpoints>();
        services.AddSingleton<KeysEndpoints>();
        services.AddSingleton<CredentialsEndpoints>();
    }

    /// <summary>Maps the API.</summary>
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(EndpointPaths.Api).AddEndpointFilter<RouteGroupBuilder, ApiAuthentication>();
        var sessions = api.MapGroup("/oauth2/sessions").AddEndpointFilter(new ScopeRequired(ApiResource.SessionsScope));
        sessions.MapGet("", (HttpContext http, SessionsEndpoints endpoint) => endpoint.ListAsync(http));
        sessions.MapGet("/{id}", (HttpContext http, string id, SessionsEndpoints endpoint) => endpoint.GetAsync(http, id));
        sessions.MapDelete("/{id}", (HttpContext http, string id, SessionsEndpoints endpoint) => endpoint.DeleteAsync(http, id));
        sessions.MapPost("/revoke", (HttpContext http, SessionsEndpoints endpoint) => endpoint.RevokeAsync(http));
        sessions.MapPost("/{id}/reconsent", (HttpContext http, string id, SessionsEndpoints endpoint) => endpoint.ReconsentAsync(http, id));
        var revocations = api.MapGroup("/revocations").AddEndpointFilter<RouteGroupBuilder, AdministratorsOnly>();
        revocations.MapGet("", (HttpContext http, RevocationsEndpoints endpoint) => endpoint.ListAsync(http));
        revocations.MapPost("", (HttpContext http, RevocationsEndpoints endpoint) => endpoint.AddAsync(http));
        revocations.MapDelete("/{id}", (HttpContext http, string id, RevocationsEndpoints endpoint) => endpoint.LiftAsync(http, id));
        MapVirtualKeys(api);
        MapKeys(api);
        MapCredentials(api);
        api.MapGet("/audit", AuditEndpoint.ListAsync).AddEndpointFilter<AdministratorsOnly>();
    }

    private static void MapCredentials(RouteGroupBuilder api)
    {
        var credentials = api.MapGroup("/credentials").AddEndpointFilter(new ScopeRequired(ApiResource.CredentialsScope));
        credentials.MapGet("", (HttpContext http, CredentialsEndpoints endpoint) => endpoint.ListAsync(http));
        credentials.MapGet("/connectable", (HttpContext http, ConnectLinksEndpoint endpoint) => endpoint.ListAsync(http));
        credentials.MapPost("/connect", (HttpContext http, ConnectLinksEndpoint endpoint) => endpoint.PostAsync(http));
        credentials.MapGet("/{id}", (HttpContext http, string id, CredentialsEndpoints endpoint) => endpoint.GetAsync(http, id));
        credentials.MapDelete("/{id}", (HttpContext http, string id, CredentialsEndpoints endpoint) => endpoint.DeleteAsync(http, id));
        api.MapGet("/credentials/revocations", UpstreamRevocationsEndpoint.ListAsync).AddEndpointFilter<AdministratorsOnly>();
    }

    private static void MapVirtualKeys(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/virtual-keys").AddEndpointFilter<RouteGroupBuilder, AdministratorsOnly>();
        keys.MapGet("", (HttpContext http, VirtualKeysEndpoints endpoint) => endpoint.ListAsync(http));
        keys.MapPost("", (HttpContext http, VirtualKeysEndpoints endpoint) => endpoint.CreateAsync(http));
        keys.MapGet("/{id}", (HttpContext http, string id, VirtualKeysEndpoints endpoint) => endpoint.GetAsync(http, id));
        keys.MapPatch("/{id}", (HttpContext http, string id, VirtualKeysEndpoints endpoint) => endpoint.UpdateAsync(http, id));
        keys.MapDelete("/{id}", (HttpContext http, string id, VirtualKeysEndpoints endpoint) => endpoint.DeleteAsync(http, id));
        keys.MapPost("/{id}/rotate", (HttpContext http, string id, VirtualKeysEndpoints endpoint) => endpoint.RotateAsync(http, id));
        keys.MapGet("/{id}/grants", (HttpContext http, string id, GrantsEndpoints endpoint) => endpoint.ListAsync(http, id));
        keys.MapPut("/{id}/grants/{resource}", (HttpContext http, string id, string resource, GrantsEndpoints endpoint) => endpoint.PutAsync(http, id, resource));
        keys.MapDelete("/{id}/grants/{resource}", (HttpContext http, string id, string resource, GrantsEndpoints endpoint) => endpoint.RemoveAsync(http, id, resource));
        var toAll = api.MapGroup("/grants-to-all").AddEndpointFilter<RouteGroupBuilder, AdministratorsOnly>();
        toAll.MapGet("", (HttpContext http, GrantsEndpoints endpoint) => endpoint.ListToAllAsync(http));
        toAll.MapPut("/{resource}", (HttpContext http, string resource, GrantsEndpoints endpoint) => endpoint.PutToAllAsync(http, resource));
        toAll.MapDelete("/{resource}", (HttpContext http, string resource, GrantsEndpoints endpoint) => endpoint.RemoveToAllAsync(http, resource));
    }

    private static void MapKeys(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").AddEndpointFilter<RouteGroupBuilder, AdministratorsOnly>();
        keys.MapGet("", (HttpContext http, KeysEndpoints endpoint) => endpoint.ListAsync(http));
        keys.MapPost("", (HttpContext http, KeysEndpoints endpoint) => endpoint.AddAsync(http));
        keys.MapPost("/verify", (HttpContext http, KeysEndpoints endpoint) => endpoint.VerifyAsync(http));
        keys.MapDelete("/{id}", (HttpContext http, string id, KeysEndpoints endpoint) => endpoint.RetireAsync(http, id));
    }
}
