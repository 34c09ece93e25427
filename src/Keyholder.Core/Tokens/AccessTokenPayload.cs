using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Sessions;

namespace Keyholder.Tokens;

/// <summary>Reads the claims of an access token strictly: every claim of RFC 9068 section 2.2 once and of its type; others are ignored.</summary>
internal static class AccessTokenPayload
{
    /// <summary>The claims; null when one is missing, repeated or malformed, or the token is of another issuer.</summary>
    public static AccessToken? Read(ReadOnlySpan<byte> json, string issuer)
    {
        try
        {
            return ReadClaims(json) is { } claims && claims.Issuer == issuer ? claims.ToAccessToken() : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Claims? ReadClaims(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var claims = new Claims();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!claims.Take(name, ref reader))
            {
                return null;
            }
        }

        // Throws for anything after the object.
        return reader.Read() ? null : claims;
    }

    private sealed class Claims
    {
        private readonly Dictionary<string, string> _texts = new(8, StringComparer.Ordinal);
        private readonly Dictionary<string, long> _times = new(3, StringComparer.Ordinal);

        public string? Issuer => _texts.GetValueOrDefault("iss");

        public bool Take(string name, ref Utf8JsonReader reader)
        {
            switch (name)
            {
                case "iss" or "sub" or "aud" or "jti" or "client_id" or "scope" or "sid":
                    return reader.TokenType == JsonTokenType.String && _texts.TryAdd(name, reader.GetString()!);
                case "exp" or "iat" or "auth_time":
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds) && IsTime(seconds) && _times.TryAdd(name, seconds);
                default:
                    reader.Skip();
                    return true;
            }
        }

        public AccessToken? ToAccessToken() =>
            _texts.Count == 7 && _times.Count == 3
            && Subject.TryParse(_texts["sub"], out var subject)
            && SessionId.TryParse(_texts["sid"], out var sessionId)
            && Scopes.Parse(_texts["scope"]) is { } scopes
            && _texts["jti"].Length > 0 && _texts["client_id"].Length > 0 && _texts["aud"].Length > 0
                ? new AccessToken
                {
                    Id = _texts["jti"],
                    SessionId = sessionId,
                    Subject = subject,
                    ClientId = _texts["client_id"],
                    Audience = _texts["aud"],
                    Scopes = scopes,
                    IssuedAt = DateTimeOffset.FromUnixTimeSeconds(_times["iat"]),
                    ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(_times["exp"]),
                    AuthenticatedAt = DateTimeOffset.FromUnixTimeSeconds(_times["auth_time"]),
                }
                : null;

        // What DateTimeOffset can hold, from 1970 on.
        private static bool IsTime(long seconds) => seconds is >= 0 and <= 253_402_300_799;
    }
}
