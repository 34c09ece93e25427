using System.Buffers;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Revocation;

namespace Keyholder.Tokens;

/// <summary>
/// Validates Keyholder's own access tokens and no others. The header segment has to be, letter for letter, the one a current key writes: there is no
/// algorithm to choose, no <c>crit</c>, <c>jku</c> or <c>jwk</c> to obey, and no second reading. Signature and claims are remembered; expiry, audience and
/// revocation are checked every time.
/// </summary>
public sealed class AccessTokenValidator(SigningKeyRing keys, Issuer issuer, RevocationIndex revocations, AccessTokenOptions options, TimeProvider time) : IAccessTokenValidator, IAccessTokenInspector
{
    /// <summary>The longest token looked at, in characters.</summary>
    public const int MaxLength = 8 * 1024;

    private const int StackLimit = 2048;

    // How far the clock of the node that issued a token may run ahead.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    private readonly AccessTokenCache _cache = new(options.CacheCapacity);

    /// <inheritdoc />
    public AccessTokenOutcome Validate(ReadOnlySpan<char> token, string audience, out AccessToken? accessToken)
    {
        ArgumentNullException.ThrowIfNull(audience);
        return Accept(token, audience, out accessToken);
    }

    /// <inheritdoc />
    public AccessTokenOutcome Inspect(ReadOnlySpan<char> token, out AccessToken? accessToken) => Accept(token, audience: null, out accessToken);

    private AccessTokenOutcome Accept(ReadOnlySpan<char> token, string? audience, out AccessToken? accessToken)
    {
        accessToken = null;
        if (token.Length > MaxLength)
        {
            return AccessTokenOutcome.Malformed;
        }

        var now = time.GetUtcNow();
        var found = token.Length <= StackLimit ? FindOnStack(token, now) : FindOnHeap(token, now);
        if (found is null)
        {
            return AccessTokenOutcome.Malformed;
        }

        var outcome = Judge(found, audience, now);
        accessToken = outcome == AccessTokenOutcome.Valid ? found : null;
        return outcome;
    }

    private AccessTokenOutcome Judge(AccessToken token, string? audience, DateTimeOffset now) =>
        token.ExpiresAt <= now ? AccessTokenOutcome.Expired
        : audience is not null && !string.Equals(token.Audience, audience, StringComparison.Ordinal) ? AccessTokenOutcome.WrongAudience
        : revocations.Judge(token, now) switch
        {
            RevocationVerdict.Clear => AccessTokenOutcome.Valid,
            RevocationVerdict.Revoked => AccessTokenOutcome.Revoked,
            _ => AccessTokenOutcome.RevocationUnknown,
        };

    private AccessToken? FindOnStack(ReadOnlySpan<char> token, DateTimeOffset now)
    {
        Span<byte> ascii = stackalloc byte[StackLimit];
        return Find(token, ascii, now);
    }

    private AccessToken? FindOnHeap(ReadOnlySpan<char> token, DateTimeOffset now)
    {
        var rented = ArrayPool<byte>.Shared.Rent(token.Length);
        var found = Find(token, rented, now);
        ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return found;
    }

    private AccessToken? Find(ReadOnlySpan<char> token, Span<byte> buffer, DateTimeOffset now)
    {
        if (Ascii.FromUtf16(token, buffer, out var length) != OperationStatus.Done)
        {
            return null;
        }

        var ascii = buffer[..length];
        var digest = AccessTokenDigest.Of(ascii);
        var current = keys.Current;
        if (_cache.Find(digest, current) is { } known)
        {
            return known;
        }

        var verified = Verify(token, ascii, current, now);
        if (verified is not null && now < verified.ExpiresAt)
        {
            _cache.Add(digest, current, verified);
        }

        return verified;
    }

    private AccessToken? Verify(ReadOnlySpan<char> token, ReadOnlySpan<byte> ascii, SigningKeySet current, DateTimeOffset now)
    {
        var headerEnd = token.IndexOf('.');
        var payloadEnd = token.LastIndexOf('.');
        if (headerEnd < 0 || payloadEnd <= headerEnd || current.FindByHeader(token[..headerEnd]) is not { } key)
        {
            return null;
        }

        Span<byte> signature = stackalloc byte[SigningKey.SignatureSize];
        if (!Base64UrlText.TryDecode(token[(payloadEnd + 1)..], signature) || !key.Verify(ascii[..payloadEnd], signature))
        {
            return null;
        }

        var encoded = token[(headerEnd + 1)..payloadEnd];
        var payload = new byte[encoded.Length * 3 / 4];
        var claims = Base64UrlText.TryDecode(encoded, payload) ? AccessTokenPayload.Read(payload, issuer.Value) : null;
        return claims is not null && IsSane(claims, now) ? claims : null;
    }

    private static bool IsSane(AccessToken token, DateTimeOffset now) =>
        token.IssuedAt <= now + ClockDifference
        && token.IssuedAt < token.ExpiresAt
        && token.ExpiresAt - token.IssuedAt <= AccessTokenOptions.MaxLifetime;
}
