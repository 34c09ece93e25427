using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyholder.OAuth;
using Keyholder.Sessions;

namespace Keyholder.Tokens;

/// <summary>Issues access tokens: RFC 9068 JWTs signed with ES256. Written straight into reused buffers, because every refresh passes here.</summary>
public sealed class AccessTokenIssuer(SigningKeyRing keys, Issuer issuer, AccessTokenOptions options, TimeProvider time)
{
    private const int IdSize = 16;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _payload;

    /// <summary>A token for the session's resource that never outlives the session.</summary>
    /// <param name="session">An active session.</param>
    /// <param name="scopes">The session's scopes, or fewer.</param>
    public IssuedAccessToken Issue(Session session, IReadOnlyList<string> scopes)
    {
        var now = time.GetUtcNow();
        var issuedAt = now.ToUnixTimeSeconds();
        var sessionEnd = session.IdleExpiresAt < session.AbsoluteExpiresAt ? session.IdleExpiresAt : session.AbsoluteExpiresAt;
        var expiresAt = Math.Min((now + options.Lifetime).ToUnixTimeSeconds(), sessionEnd.ToUnixTimeSeconds());

        var payload = _payload ??= new ArrayBufferWriter<byte>(512);
        payload.ResetWrittenCount();
        WritePayload(payload, session, scopes, issuedAt, expiresAt);
        return new IssuedAccessToken(Sign(keys.Current.SignerAt(now), payload.WrittenSpan), Math.Max(0, expiresAt - issuedAt));
    }

    private void WritePayload(ArrayBufferWriter<byte> payload, Session session, IReadOnlyList<string> scopes, long issuedAt, long expiresAt)
    {
        Span<byte> id = stackalloc byte[IdSize];
        RandomBytes.Fill(id);
        using var json = new Utf8JsonWriter(payload, Json);
        json.WriteStartObject();
        json.WriteString("iss"u8, issuer.Value);
        json.WriteString("sub"u8, session.Subject.ToString());
        json.WriteString("aud"u8, session.Resource);
        json.WriteNumber("exp"u8, expiresAt);
        json.WriteNumber("iat"u8, issuedAt);
        json.WriteString("jti"u8, Base64UrlText.Encode(id));
        json.WriteString("client_id"u8, session.ClientId);
        json.WriteString("scope"u8, Scopes.Format(scopes));
        json.WriteString("sid"u8, session.Id.ToString());
        json.WriteNumber("auth_time"u8, session.AuthenticatedAt.ToUnixTimeSeconds());
        json.WriteEndObject();
    }

    private static string Sign(SigningKey key, ReadOnlySpan<byte> payload)
    {
        var header = key.EncodedHeader;
        var signedLength = header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var length = signedLength + 1 + Base64Url.GetEncodedLength(SigningKey.SignatureSize);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var token = rented.AsSpan(0, length);
        Encoding.ASCII.GetBytes(header, token);
        token[header.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token[(header.Length + 1)..]);
        Span<byte> signature = stackalloc byte[SigningKey.SignatureSize];
        key.Sign(token[..signedLength], signature);
        token[signedLength] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token[(signedLength + 1)..]);
        var text = Encoding.ASCII.GetString(token);
        ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return text;
    }
}
