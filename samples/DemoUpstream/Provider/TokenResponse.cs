using System.Globalization;
using System.Text;
using DemoUpstream.Control;

namespace DemoUpstream.Provider;

/// <summary>The successful token response (RFC 6749 section 5.1), in the shape the switches ask for.</summary>
internal sealed class TokenResponse(DemoUpstreamOptions options, IdTokenIssuer idTokens)
{
    public IResult For(TokenSet issued, DemoUpstreamSwitches now)
    {
        var fields = new Dictionary<string, object>
        {
            ["access_token"] = issued.AccessToken,
            ["token_type"] = "Bearer",
            ["scope"] = issued.Authorization.Scope,
        };
        if (!now.OmitExpiresIn) fields["expires_in"] = (long)options.AccessTokenLifetime.TotalSeconds;
        if (issued.RefreshToken is { } refreshToken) fields["refresh_token"] = refreshToken;
        if (issued.Authorization.Includes("openid")) fields["id_token"] = idTokens.Issue(issued.Authorization, now.IdTokenFault);

        return now.TokenResponseShape switch
        {
            TokenResponseShape.Nested => Results.Json(new { ok = true, authed_user = fields }),
            TokenResponseShape.Form => Results.Text(FormEncode(fields), "application/x-www-form-urlencoded", Encoding.UTF8),
            _ => Results.Json(fields),
        };
    }

    private static string FormEncode(Dictionary<string, object> fields) =>
        string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(Convert.ToString(field.Value, CultureInfo.InvariantCulture)!)}"));
}
