using System.Text.Json.Nodes;
using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>Dynamic client registration (RFC 7591).</summary>
internal sealed class RegistrationEndpoint(TimeProvider clock, DemoCounters counters, ClientRegistry clients)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/register", (Delegate)HandleAsync);

    private async Task<IResult> HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await ControlJson.ReadObjectAsync(context.Request) is not { } metadata)
            return ProviderResults.Error(StatusCodes.Status400BadRequest, "invalid_client_metadata", "The body must be a JSON object without repeated members.");

        var redirectUris = Strings(metadata["redirect_uris"]);
        if (redirectUris is not { Count: > 0 } || !redirectUris.All(DemoUpstreamOptions.IsHttpUri))
            return ProviderResults.Error(StatusCodes.Status400BadRequest, "invalid_redirect_uri", "redirect_uris must be absolute http or https URLs.");

        var method = metadata["token_endpoint_auth_method"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "client_secret_basic";
        if (method is not ("none" or "client_secret_basic" or "client_secret_post"))
            return ProviderResults.Error(StatusCodes.Status400BadRequest, "invalid_client_metadata", "token_endpoint_auth_method is not supported.");

        var client = new ProviderClient(Opaque.New("demo_client_"), method is "none" ? null : Opaque.New("demo_cs_"), redirectUris);
        clients.Add(client);
        counters.Add(DemoCounter.Registrations);

        metadata["client_id"] = client.Id;
        metadata["client_id_issued_at"] = clock.GetUtcNow().ToUnixTimeSeconds();
        metadata["token_endpoint_auth_method"] = method;
        if (client.Secret is { } secret)
        {
            metadata["client_secret"] = secret;
            metadata["client_secret_expires_at"] = 0;
        }

        return Results.Json(metadata, statusCode: StatusCodes.Status201Created);
    }

    private static List<string>? Strings(JsonNode? node) =>
        node is JsonArray array && array.All(item => item is JsonValue value && value.TryGetValue<string>(out _))
            ? [.. array.Select(item => item!.GetValue<string>())]
            : null;
}
