using System.Buffers;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints;

/// <summary>Dynamic client registration (RFC 7591 section 3). Open to anyone, so the rate limit comes before the body is read.</summary>
internal static class RegistrationEndpoint
{
    /// <summary>Room for a body just too large and its chunk framing, so that it is this endpoint that says so.</summary>
    private const int RequestSizeLimit = 2 * ClientRegistration.MaxBodyBytes;

    /// <summary>How long to wait, in seconds, when no more clients can be registered.</summary>
    private const int RetryWhenFull = 300;

    private static readonly OAuthError TooMany =
        OAuthErrors.TemporarilyUnavailable.Describe("Too many registrations from this address.") with { Status = StatusCodes.Status429TooManyRequests };

    private static readonly OAuthError NotJson =
        OAuthErrors.InvalidRequest.Describe("The body must be application/json.") with { Status = StatusCodes.Status415UnsupportedMediaType };

    private static readonly OAuthError TooLarge =
        OAuthErrors.InvalidClientMetadata.Describe("The body is larger than 64 KiB.") with { Status = StatusCodes.Status413PayloadTooLarge };

    /// <summary>Maps <c>POST /register</c> unless registration is switched off.</summary>
    public static void MapRegistrationEndpoint(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetRequiredService<ClientRegistrationOptions>().Enabled)
        {
            endpoints.MapPost(EndpointPaths.Register, RegisterAsync)
                .WithOrigins(OriginRule.Any)
                .WithMetadata(new RequestSizeLimitAttribute(RequestSizeLimit));
        }
    }

    private static async Task<IResult> RegisterAsync(
        HttpContext context, ClientRegistration registration, RegistrationRateLimit rateLimit, CancellationToken cancellationToken)
    {
        var address = context.Connection.RemoteIpAddress;
        if (rateLimit.Admit(address) is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
            return new OAuthErrorResult(TooMany);
        }

        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var media) || !media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return new OAuthErrorResult(NotJson);
        }

        if (await ReadBodyAsync(context.Request, cancellationToken) is not { } body)
        {
            return new OAuthErrorResult(TooLarge);
        }

        var registered = await registration.RegisterAsync(body, address?.ToString(), context.TraceIdentifier, cancellationToken);
        if (registered.Failed)
        {
            if (registered.Error.Status == StatusCodes.Status503ServiceUnavailable)
            {
                context.Response.Headers.RetryAfter = RetryWhenFull.ToString();
            }

            return new OAuthErrorResult(registered.Error);
        }

        OAuthErrorResult.NoStore(context.Response);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json";
        await context.Response.BodyWriter.WriteAsync(ClientInformation.Write(registered.Value), cancellationToken);
        return Results.Empty;
    }

    /// <summary>The whole body, or null when it is larger than <see cref="ClientRegistration.MaxBodyBytes"/>.</summary>
    private static async ValueTask<byte[]?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > ClientRegistration.MaxBodyBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
