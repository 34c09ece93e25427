using System.Buffers;
using System.Text.Json;

namespace Keyholder.Tokens;

/// <summary>Writes a JWKS document (RFC 7517 section 5, RFC 7518 section 6.2.1). It is built from the public coordinates by name, so a private part cannot slip in.</summary>
public static class JsonWebKeySetDocument
{
    /// <summary>The document in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(IEnumerable<SigningKey> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys"u8);
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("kty"u8, "EC"u8);
                json.WriteString("use"u8, "sig"u8);
                json.WriteString("alg"u8, "ES256"u8);
                json.WriteString("kid"u8, key.Id);
                json.WriteString("crv"u8, "P-256"u8);
                json.WriteString("x"u8, key.X);
                json.WriteString("y"u8, key.Y);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
