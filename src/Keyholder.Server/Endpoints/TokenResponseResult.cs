using System.Text.Encodings.Web;
using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>Writes a token response (RFC 6749 section 5.1), never to be cached.</summary>
internal sealed class TokenResponseResult(TokenResponse tokens) : IResult
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json";
        OAuthErrorResult.NoStore(response);
        using (var json = new Utf8JsonWriter(response.BodyWriter, Json))
        {
            json.WriteStartObject();
            json.WriteString("access_token"u8, tokens.AccessToken.Token);
            json.WriteString("token_type"u8, "Bearer"u8);
            json.WriteNumber("expires_in"u8, tokens.AccessToken.ExpiresIn);
            if (tokens.RefreshToken is not null)
            {
                json.WriteString("refresh_token"u8, tokens.RefreshToken);
            }

            json.WriteString("scope"u8, Scopes.Format(tokens.Scopes));
            json.WriteEndObject();
        }

        return response.BodyWriter.FlushAsync(httpContext.RequestAborted).AsTask();
    }
}
