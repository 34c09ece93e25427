using System.Text.Encodings.Web;
using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Tokens;

namespace Keyholder.Server.Endpoints;

/// <summary>Writes an introspection response (RFC 7662 section 2.2), never to be cached. Of a token that is not live it says that and nothing else.</summary>
internal sealed class IntrospectionResult(Introspection introspection, Issuer issuer) : IResult
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
            json.WriteBoolean("active"u8, introspection.IsActive);
            if (introspection.IsActive)
            {
                WriteToken(json);
            }

            json.WriteEndObject();
        }

        return response.BodyWriter.FlushAsync(httpContext.RequestAborted).AsTask();
    }

    private void WriteToken(Utf8JsonWriter json)
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
