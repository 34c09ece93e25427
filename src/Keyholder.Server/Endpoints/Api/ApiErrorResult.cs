using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Answers with an <see cref="ApiError"/>: <c>{"error","error_description","error_id"}</c>, and with a challenge (RFC 6750 section 3, RFC 9728 section 5.1) where a token is missing or does not do.</summary>
internal sealed class ApiErrorResult(ApiError error) : IResult
{
    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = error.Status;
        OAuthErrorResult.NoStore(response);
        if (error.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            response.Headers.WWWAuthenticate = Challenge(httpContext.RequestServices.GetRequiredService<IResourceSource>().Current.Api!);
        }

        return JsonAnswer.WriteAsync(response, error, Write);
    }

    private static void Write(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteString("error"u8, error.Code);
        json.WriteString("error_description"u8, error.Description);
        json.WriteString("error_id"u8, error.Id);
        json.WriteEndObject();
    }

    private string Challenge(Resource api)
    {
        var code = error == ApiErrors.TokenMissing ? "" : $"error=\"{error.Code}\", ";
        var scopes = error == ApiErrors.ScopeInsufficient ? Scopes.Format(api.Scopes.Select(scope => scope.Name)) : Scopes.Format(api.DefaultScopes);
        return $"Bearer {code}resource_metadata=\"{api.MetadataUri}\", scope=\"{scopes}\"";
    }
}
