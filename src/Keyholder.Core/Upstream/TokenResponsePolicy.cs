using System.Globalization;
using System.Net;
using System.Text.Json;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Pure reading of a token endpoint's answer (RFC 6749 sections 5.1 and 5.2), strict where a mistake would be dangerous.</summary>
internal static class TokenResponsePolicy
{
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(15);
    private const int MaxTokenLength = 16 * 1024;
    private const int MaxScopeLength = 4096;
    private const double MaxLifetimeSeconds = 10 * 365.25 * 24 * 3600;

    public static TokenEndpointResult Read(GuardedResponse response, DateTimeOffset now)
    {
        switch (response.Outcome)
        {
            case GuardedOutcome.Unreachable or GuardedOutcome.TimedOut:
                return new(TokenEndpointOutcome.Unavailable, Debug: $"The token endpoint is {response.Outcome}.");
            case GuardedOutcome.Refused or GuardedOutcome.TooLarge:
                return Unusable($"The token endpoint's answer was given up: {response.Outcome}.");
        }

        var status = (int)response.Status;
        if (status >= 500 || response.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
        {
            return new(
                TokenEndpointOutcome.Unavailable,
                RetryAfter: response.RetryAfter > MaxRetryAfter ? MaxRetryAfter : response.RetryAfter,
                Debug: $"The token endpoint answered {status}.");
        }

        using var document = response.IsJson ? StrictJson.ParseObject(response.Body) : null;
        if (document is null)
        {
            return response.Status == HttpStatusCode.Unauthorized
                ? new(TokenEndpointOutcome.ClientRefused, Debug: "The token endpoint answered 401.")
                : Unusable($"The token endpoint answered {status} without one strict JSON object.");
        }

        return document.RootElement.TryGetProperty("error", out _) || status is < 200 or > 299
            ? ReadError(document.RootElement, status)
            : ReadTokens(document.RootElement, now);
    }

    // GitHub answers errors with 200 and with codes of its own.
    private static TokenEndpointResult ReadError(JsonElement body, int status) => body.Text("error") switch
    {
        "invalid_grant" or "bad_refresh_token" or "bad_verification_code" =>
            new(TokenEndpointOutcome.InvalidGrant, Debug: "invalid_grant"),
        "invalid_client" or "unauthorized_client" or "incorrect_client_credentials" =>
            new(TokenEndpointOutcome.ClientRefused, Debug: "The token endpoint refused Keyholder's client credentials."),
        "temporarily_unavailable" or "server_error" or "slow_down" =>
            new(TokenEndpointOutcome.Unavailable, Debug: $"The token endpoint answered {status} temporarily_unavailable."),
        var code when code is null && status == 401 => new(TokenEndpointOutcome.ClientRefused, Debug: "The token endpoint answered 401."),
        "invalid_request" or "invalid_scope" or "invalid_target" or "unsupported_grant_type" =>
            Unusable($"The token endpoint answered {status} {body.Text("error")}."),
        _ => Unusable($"The token endpoint answered {status} with an unknown error."),
    };

    private static TokenEndpointResult ReadTokens(JsonElement body, DateTimeOffset now)
    {
        var accessToken = body.Text("access_token");
        var refreshToken = body.Text("refresh_token");
        if (accessToken is null || !IsToken(accessToken) || (refreshToken is not null && !IsToken(refreshToken)))
        {
            return Unusable("The token response has no access token, or one that cannot be sent in a header.");
        }

        if (Present(body, "token_type") && !string.Equals(body.Text("token_type"), "Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return Unusable("The token response has a token type other than Bearer.");
        }

        if (!TryReadLifetime(body, out var lifetime))
        {
            return Unusable("The token response has a malformed expires_in.");
        }

        var tokens = new TokenSet
        {
            AccessToken = accessToken,
            TokenType = "Bearer",
            RefreshToken = refreshToken,
            ExpiresAt = lifetime is null ? null : now + lifetime,
            Scope = body.Text("scope") is { Length: <= MaxScopeLength } scope ? scope : null,
        };
        return new(TokenEndpointOutcome.Issued, tokens, body.Text("id_token"));
    }

    // A number as RFC 6749 says, or a numeric string as some providers write. Absent: the token does not expire.
    private static bool TryReadLifetime(JsonElement body, out TimeSpan? lifetime)
    {
        lifetime = null;
        if (!Present(body, "expires_in"))
        {
            return true;
        }

        var value = body.GetProperty("expires_in");
        double seconds;
        var read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out seconds),
            JsonValueKind.String => double.TryParse(body.Text("expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out seconds),
            _ => (seconds = 0) != 0,
        };
        if (!read || !(seconds >= 0))
        {
            return false;
        }

        lifetime = TimeSpan.FromSeconds(Math.Floor(Math.Min(seconds, MaxLifetimeSeconds)));
        return true;
    }

    private static bool Present(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static bool IsToken(string text) => text.Length <= MaxTokenLength && text.All(c => c is > ' ' and <= '~');

    private static TokenEndpointResult Unusable(string debug) => new(TokenEndpointOutcome.Unusable, Debug: debug);
}
