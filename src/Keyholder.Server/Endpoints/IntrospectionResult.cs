using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>Writes an introspection response (RFC 7662 section 2.2), never to be cached. Of a token that is not live it says that and nothing else.</summary>
internal sealed class IntrospectionResult(Introspection introspection, Issuer issuer) : IResult
{
    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        OAuthErrorResult.NoStore(httpContext.Response);
        return JsonAnswer.WriteAsync(httpContext.Response, (introspection, issuer), Write);
    }

    private static void Write(Utf8JsonWriter json, (Introspection Introspection, Issuer Issuer) content)
    {
        json.WriteStartObject();
        json.WriteBoolean("active"u8, content.Introspection.IsActive);
        if (content.Introspection.IsActive)
        {
            WriteToken(json, content.Introspection, content.Issuer);
        }

        json.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter json, Introspection introspection, Issuer issuer)
    {
        json.WriteString("iss"u8, issuer.Value);
        json.WriteString("sub"u8, introspection.Subject);
        if (introspection.SessionId is { } session)
        {
            json.WriteString("aud"u8, introspection.Audience);
            json.WriteString("client_id"u8, introspection.ClientId);
            json.WriteString("scope"u8, Scopes.Format(introspection.Scopes));
            json.WriteString("sid"u8, session.ToString());
        }

        json.WriteNumber("iat"u8, introspection.IssuedAt.ToUnixTimeSeconds());
        if (introspection.ExpiresAt is { } expiresAt)
        {
            json.WriteNumber("exp"u8, expiresAt.ToUnixTimeSeconds());
        }

        json.WriteString("token_use"u8, introspection.TokenUse);
        if (introspection.TokenId is not null)
        {
            json.WriteString("token_type"u8, "Bearer"u8);
            json.WriteString("jti"u8, introspection.TokenId);
        }
    }
}
