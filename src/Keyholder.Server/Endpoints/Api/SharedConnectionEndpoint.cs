using System.Text.Json;
using Keyholder.Authorization.Connect;
using Keyholder.Resources;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Gives an administrator the link at which a shared provider is connected, once for everybody. The link works for administrators who sign in, and for nobody else.</summary>
internal sealed class SharedConnectionEndpoint(ConnectLinks links, IResourceSource resources)
{
    public async Task<IResult> PostAsync(HttpContext http)
    {
        var (name, error) = await ApiBody.ReadAsync(http.Request, ReadProvider);
        if (name is null)
        {
            return new ApiErrorResult(error!);
        }

        if (resources.Current.FindProvider(name) is not { Owner: ProviderOwner.Shared } provider)
        {
            return new ApiErrorResult(ApiErrors.ParameterInvalid with { Description = "provider names no shared provider." });
        }

        var link = await links.CreateSharedAsync(provider, http.RequestAborted);
        return Results.Json(new SharedConnection(link.AbsoluteUri, (int)ConnectLinks.Lifetime.TotalSeconds), ApiJson.Default.SharedConnection, statusCode: StatusCodes.Status201Created);
    }

    private static (string? Provider, ApiError? Error) ReadProvider(JsonElement body)
    {
        string? provider = null;
        foreach (var member in body.EnumerateObject())
        {
            if (!member.NameEquals("provider") || ApiBody.Text(member) is not { } name)
            {
                return (null, ApiErrors.BodyInvalid);
            }

            provider = name;
        }

        return provider is null ? (null, ApiErrors.BodyInvalid) : (provider, null);
    }
}
