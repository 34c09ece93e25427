using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Microsoft.AspNetCore.Mvc;

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

        var body = await ClientMetadataBody.ReadAsync(context.Request, cancellationToken);
        if (body.Failed)
        {
            return new OAuthErrorResult(body.Error);
        }

        var registered = await registration.RegisterAsync(body.Value, address?.ToString(), context.TraceIdentifier, cancellationToken);
        if (registered.Failed)
        {
            if (registered.Error.Status == StatusCodes.Status503ServiceUnavailable)
            {
                context.Response.Headers.RetryAfter = RetryWhenFull.ToString();
            }

            return new OAuthErrorResult(registered.Error);
        }

        return new ClientInformationResult(registered.Value, StatusCodes.Status201Created);
    }
}
