using System.Text.Json;
using Keyholder.Authorization.Connect;
using Keyholder.Mcp;
using Keyholder.Resources;

namespace Keyholder.Server.Gateway;

/// <summary>
/// Answers a request that lacks a credential so that a person can act, in the form the client understands: a result that asks for input (2026-07-28), the error that carries elicitations
/// (2025-11-25), or an error whose text carries the link. What is answered is the request, so the HTTP status says that it was answered. A batch is answered by one error per request.
/// </summary>
internal sealed class ConnectAnswers(ConnectLinks links, RequestStates states)
{
    private const string InputKey = "connect";

    /// <summary>Answers; false, with nothing written, when there is no request to answer or nobody to ask.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context, ForwardRequest request, IReadOnlyList<Provider> lacking)
    {
        if (!request.Awaited.Any || request.Body is null || lacking.Count == 0)
        {
            return false;
        }

        var resource = request.Route.Resource;
        var link = await links.CreateAsync(request.AccessToken, resource, lacking, context.RequestAborted);
        var text = Describe(resource, lacking);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            if (request.Awaited.Batch is { } ids)
            {
                json.WriteStartArray();
                foreach (var id in ids)
                {
                    Write(json, request, id.Span, link, text);
                }

                json.WriteEndArray();
            }
            else
            {
                Write(json, request, request.Awaited.Single.Span, link, text);
            }
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
        return true;
    }

    private void Write(Utf8JsonWriter json, ForwardRequest request, ReadOnlySpan<byte> id, Uri? link, string text)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        json.WriteRawValue(id, skipInputValidation: true);
        WriteOutcome(json, request, link, text);
        json.WriteEndObject();
    }

    private void WriteOutcome(Utf8JsonWriter json, ForwardRequest request, Uri? link, string text)
    {
        if (link is null)
        {
            WriteError(json, GatewayErrors.ConnectionRequired, $"{text} Only the operator of this server can do that.");
        }
        else if (!request.HasUrlElicitation)
        {
            WriteError(json, GatewayErrors.ConnectionRequired, $"{text} Open this link, connect, and repeat the request: {link}", link);
        }
        else if (!request.IsModern)
        {
            WriteError(json, GatewayErrors.UrlElicitationRequired, text, link, elicitations: true);
        }
        else if (request.Method is McpMethods.ToolsCall or McpMethods.PromptsGet or McpMethods.ResourcesRead)
        {
            WriteInputRequired(json, request, link, text);
        }
        else
        {
            WriteError(json, GatewayErrors.ConnectionRequired, $"{text} Open this link, connect, and repeat the request: {link}", link);
        }
    }

    private static void WriteError(Utf8JsonWriter json, GatewayError error, string text, Uri? link = null, bool elicitations = false)
    {
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.JsonRpcCode!.Value);
        json.WriteString("message"u8, text);
        json.WriteStartObject("data"u8);
        json.WriteString("error_id"u8, error.Id);
        if (elicitations)
        {
            json.WriteStartArray("elicitations"u8);
            json.WriteStartObject();
            json.WriteString("elicitationId"u8, link!.Segments[^1]);
            WriteElicitation(json, link, text);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else if (link is not null)
        {
            json.WriteString("url"u8, link.AbsoluteUri);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteInputRequired(Utf8JsonWriter json, ForwardRequest request, Uri link, string text)
    {
        json.WriteStartObject("result"u8);
        json.WriteString("resultType"u8, "input_required"u8);
        json.WriteStartObject("inputRequests"u8);
        json.WriteStartObject(InputKey);
        json.WriteString("method"u8, "elicitation/create"u8);
        json.WriteStartObject("params"u8);
        WriteElicitation(json, link, text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("requestState"u8, states.Seal(request.AccessToken, request.Route.Resource.Uri, request.Body!.Bytes));
        json.WriteEndObject();
    }

    private static void WriteElicitation(Utf8JsonWriter json, Uri link, string text)
    {
        json.WriteString("mode"u8, "url"u8);
        json.WriteString("message"u8, text);
        json.WriteString("url"u8, link.AbsoluteUri);
    }

    private static string Describe(Resource resource, IReadOnlyList<Provider> lacking) =>
        $"{string.Join(", ", lacking.Select(provider => provider.DisplayName))} has to be connected before {resource.DisplayName} can be used.";
}
