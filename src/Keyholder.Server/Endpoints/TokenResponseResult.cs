using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>Writes a token response (RFC 6749 section 5.1), never to be cached.</summary>
internal sealed class TokenResponseResult(TokenResponse tokens) : IResult
{
    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        OAuthErrorResult.NoStore(httpContext.Response);
        return JsonAnswer.WriteAsync(httpContext.Response, tokens, Write);
    }

    private static void Write(Utf8JsonWriter json, TokenResponse tokens)
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
}
