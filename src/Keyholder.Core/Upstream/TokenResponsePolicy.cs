using System.Globalization;
using System.Net;
using System.Text.Json;
using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Pure reading of a token endpoint's answer (RFC 6749 sections 5.1 and 5.2, or as the provider's quirks say), strict where a mistake would be dangerous.</summary>
internal static class TokenResponsePolicy
{
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(15);
    private const int MaxTokenLength = 16 * 1024;
    private const int MaxScopeLength = 4096;
    private const double MaxLifetimeSeconds = 10 * 365.25 * 24 * 3600;

    /// <summary>Reads the answer of a provider that keeps to the RFC and names no account in it.</summary>
    public static TokenEndpointResult Read(GuardedResponse response, DateTimeOffset now) =>
        Read(response, TokenResponseMapping.Standard, IdentityMapping.None, now);

    /// <summary>Reads the answer of a provider.</summary>
    public static TokenEndpointResult Read(GuardedResponse response, TokenResponseMapping mapping, IdentityMapping identity, DateTimeOffset now)
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

        using var document = TokenResponseBody.Parse(response, mapping.FormEncoded);
        if (document is null)
        {
            return response.Status == HttpStatusCode.Unauthorized
                ? new(TokenEndpointOutcome.ClientRefused, Debug: "The token endpoint answered 401.")
                : Unusable($"The token endpoint answered {status} without one strict JSON object.");
        }

        return document.RootElement.TryGetProperty("error", out _) || status is < 200 or > 299
            ? ReadError(document.RootElement, mapping, status)
            : ReadTokens(document.RootElement, mapping, identity, now);
    }

    // GitHub and others answer errors with 200 and with codes of their own.
    private static TokenEndpointResult ReadError(JsonElement body, TokenResponseMapping mapping, int status) => body.Text("error") switch
    {
        "invalid_grant" or "bad_refresh_token" or "bad_verification_code" => DeadGrant,
        { } code when mapping.DeadGrantErrors.Contains(code) => DeadGrant,
        "invalid_client" => RefusedClient with { InvalidClient = true },
        "unauthorized_client" or "incorrect_client_credentials" => RefusedClient,
        { } code when mapping.RefusedClientErrors.Contains(code) => RefusedClient,
        "temporarily_unavailable" or "server_error" or "slow_down" =>
            new(TokenEndpointOutcome.Unavailable, Debug: $"The token endpoint answered {status} temporarily_unavailable."),
        var code when code is null && status == 401 => new(TokenEndpointOutcome.ClientRefused, Debug: "The token endpoint answered 401."),
        "invalid_request" or "invalid_scope" or "invalid_target" or "unsupported_grant_type" =>
            Unusable($"The token endpoint answered {status} {body.Text("error")}."),
        _ => Unusable($"The token endpoint answered {status} with an unknown error."),
    };

    private static TokenEndpointResult DeadGrant => new(TokenEndpointOutcome.InvalidGrant, Debug: "invalid_grant");

    private static TokenEndpointResult RefusedClient =>
        new(TokenEndpointOutcome.ClientRefused, Debug: "The token endpoint refused Keyholder's client credentials.");

    private static TokenEndpointResult ReadTokens(JsonElement body, TokenResponseMapping mapping, IdentityMapping identity, DateTimeOffset now)
    {
        var root = mapping.Within.Select(path => body.At(path)).FirstOrDefault(e => e?.At(mapping.AccessToken) is not null) ?? body;
        var accessToken = TextAt(root, mapping.AccessToken);
        var refreshToken = TextAt(root, mapping.RefreshToken);
        if (accessToken is null || !IsToken(accessToken) || (refreshToken is not null && !IsToken(refreshToken)))
        {
            return Unusable("The token response has no access token, or one that cannot be sent in a header.");
        }

        if (!IsBearer(root, mapping))
        {
            return Unusable("The token response has a token type that is not sent as a bearer token here.");
        }

        if (!TryReadLifetime(PresentAt(root, mapping.ExpiresIn), out var lifetime))
        {
            return Unusable("The token response has a malformed lifetime.");
        }

        var tokens = new TokenSet
        {
            AccessToken = accessToken,
            TokenType = "Bearer",
            RefreshToken = refreshToken,
            ExpiresAt = lifetime is null ? null : now + lifetime,
            Scope = TextAt(root, mapping.Scope) is { Length: <= MaxScopeLength } scope ? scope : null,
        };
        var account = identity.From == IdentitySource.TokenResponse ? AccountPolicy.Read(body, identity) : AccountResult.Unknown;
        return new(TokenEndpointOutcome.Issued, tokens, body.Text("id_token")) { Account = account, IssuedTokenType = body.Text("issued_token_type") };
    }

    private static bool IsBearer(JsonElement root, TokenResponseMapping mapping) => PresentAt(root, mapping.TokenType) switch
    {
        null => mapping.TokenTypes.Contains("bearer", StringComparer.OrdinalIgnoreCase),
        _ => TextAt(root, mapping.TokenType) is { } type && mapping.TokenTypes.Contains(type, StringComparer.OrdinalIgnoreCase),
    };

    // A number as RFC 6749 says, or a numeric string as some providers write. Absent: the token does not expire.
    private static bool TryReadLifetime(JsonElement? value, out TimeSpan? lifetime)
    {
        lifetime = null;
        if (value is not { } present)
        {
            return true;
        }

        double seconds;
        var read = present.ValueKind switch
        {
            JsonValueKind.Number => present.TryGetDouble(out seconds),
            JsonValueKind.String => double.TryParse(present.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out seconds),
            _ => (seconds = 0) != 0,
        };
        if (!read || !(seconds >= 0))
        {
            return false;
        }

        lifetime = TimeSpan.FromSeconds(Math.Floor(Math.Min(seconds, MaxLifetimeSeconds)));
        return true;
    }

    private static JsonElement? PresentAt(JsonElement root, string path) =>
        root.At(path) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    private static string? TextAt(JsonElement root, string path) => root.At(path)?.Text();

    private static bool IsToken(string text) => text.Length <= MaxTokenLength && text.All(c => c is > ' ' and <= '~');

    private static TokenEndpointResult Unusable(string debug) => new(TokenEndpointOutcome.Unusable, Debug: debug);
}
