using Keyholder.OAuth;
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
        services.AddSingleton<RevocationsEndpoints>();
    }

    /// <summary>Maps the API.</summary>
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(EndpointPaths.Api).AddEndpointFilter<RouteGroupBuilder, ApiAuthentication>();
        var sessions = api.MapGroup("/oauth2/sessions");
        sessions.MapGet("", (HttpContext http, SessionsEndpoints endpoint) => endpoint.ListAsync(http));
        sessions.MapGet("/{id}", (HttpContext http, string id, SessionsEndpoints endpoint) => endpoint.GetAsync(http, id));
        sessions.MapDelete("/{id}", (HttpContext http, string id, SessionsEndpoints endpoint) => endpoint.DeleteAsync(http, id));
        sessions.MapPost("/revoke", (HttpContext http, SessionsEndpoints endpoint) => endpoint.RevokeAsync(http));
        sessions.MapPost("/{id}/reconsent", (HttpContext http, string id, SessionsEndpoints endpoint) => endpoint.ReconsentAsync(http, id));
        var revocations = api.MapGroup("/revocations").AddEndpointFilter<RouteGroupBuilder, AdministratorsOnly>();
        revocations.MapGet("", (HttpContext http, RevocationsEndpoints endpoint) => endpoint.ListAsync(http));
        revocations.MapPost("", (HttpContext http, RevocationsEndpoints endpoint) => endpoint.AddAsync(http));
        revocations.MapDelete("/{id}", (HttpContext http, string id, RevocationsEndpoints endpoint) => endpoint.LiftAsync(http, id));
        api.MapGet("/audit", AuditEndpoint.ListAsync).AddEndpointFilter<AdministratorsOnly>();
    }
}
