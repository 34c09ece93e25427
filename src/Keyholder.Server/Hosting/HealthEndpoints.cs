namespace Keyholder.Server.Hosting;

/// <summary>Liveness and readiness for the supervisor of the process.</summary>
internal static class HealthEndpoints
{
    public const string Prefix = "/healthz";

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(Prefix);
        group.MapGet("/live", () => Results.Text("live\n"));
    }
}
