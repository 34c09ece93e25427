using DemoUpstream.Mcp;
using DemoUpstream.Provider;

namespace DemoUpstream.Control;

/// <summary>The switches and counters over HTTP, for whoever runs the demo or a test from outside the process.</summary>
internal sealed class ControlEndpoints(SwitchBoard switches, DemoCounters counters, GrantStore grants, ClientRegistry clients, LegacySessionStore sessions, AnnouncedTools tools)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/control", () => Current());
        routes.MapGet("/control/refreshes", () => Results.Json(new { refreshes = grants.Refreshes }, ControlJson.Options));
        routes.MapPost("/control", PatchAsync);
        routes.MapPost("/control/reset", ResetAsync);
        routes.MapPost("/control/expire-access-tokens", () => Dropped(grants.ExpireAccessTokens()));
        routes.MapPost("/control/revoke-refresh-tokens", () => Dropped(grants.RevokeRefreshTokens()));
        routes.MapPost("/control/announce-tools", () => { tools.Announce(); return Results.NoContent(); });
        routes.MapPost("/control/end-sessions", async () => Dropped(await sessions.EndAllAsync()));
    }

    private async Task<IResult> PatchAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType()) return Refused(StatusCodes.Status415UnsupportedMediaType, ["The content type must be application/json."]);
        if (await ControlJson.ReadObjectAsync(request) is not { } changes)
            return Refused(StatusCodes.Status400BadRequest, ["The body must be a JSON object without repeated members."]);

        var errors = switches.Patch(changes);
        return errors.Count > 0 ? Refused(StatusCodes.Status400BadRequest, errors) : Current();
    }

    private async Task<IResult> ResetAsync()
    {
        switches.Reset();
        grants.Clear();
        clients.ForgetRegistrations();
        await sessions.EndAllAsync();
        counters.Reset();
        return Current();
    }

    private IResult Current() => Results.Json(new { switches = switches.Current, counters = counters.Snapshot() }, ControlJson.Options);

    private static IResult Dropped(int count) => Results.Json(new { dropped = count }, ControlJson.Options);

    private static IResult Refused(int status, IReadOnlyList<string> errors) => Results.Json(new { errors }, ControlJson.Options, statusCode: status);
}
