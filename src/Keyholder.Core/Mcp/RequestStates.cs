using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Mcp;

/// <summary>
/// The <c>requestState</c> of results that ask for input in Keyholder's own name (2026-07-28). It is sealed for the principal it was given to, and carries what the upstream had asked for
/// before: the retry goes out as if Keyholder had never spoken.
/// </summary>
public sealed class RequestStates(ISecretSealer sealer, TimeProvider time)
{
    private const string Prefix = "kh_rs_";
    private const string RequestState = "requestState";
    private const string InputResponses = "inputResponses";
    private const string ExpiresAt = "expiresAt";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = McpMessageReader.MaxDepth };

    /// <summary>The state for the answer to a request.</summary>
    /// <param name="accessToken">Whose request it is.</param>
    /// <param name="resourceUri">At which resource.</param>
    /// <param name="body">The request, as it would have gone out.</param>
    public string Seal(AccessToken accessToken, string resourceUri, ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, Options);
        var kept = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(kept))
        {
            json.WriteStartObject();
            json.WriteNumber(ExpiresAt, (time.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds());
            var parameters = document.RootElement.GetProperty("params");
            foreach (var name in (string[])[RequestState, InputResponses])
            {
                if (parameters.TryGetProperty(name, out var value))
                {
                    json.WritePropertyName(name);
                    value.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return Prefix + Base64Url.EncodeToString(sealer.Seal(kept.WrittenSpan, Context(accessToken, resourceUri)));
    }

    /// <summary>Takes a state of Keyholder's own out of a request again; false when it was not made for this principal, was changed, or has expired.</summary>
    /// <param name="accessToken">Whose request it is.</param>
    /// <param name="resourceUri">At which resource.</param>
    /// <param name="body">The request.</param>
    /// <param name="resumed">The request without Keyholder's state and with what it replaced; null when it carries none, and goes out as it is.</param>
    public bool TryResume(AccessToken accessToken, string resourceUri, ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte>? resumed)
    {
        resumed = null;
        if (body.Span.IndexOf("\"kh_rs_"u8) < 0)
        {
            return true;
        }

        using var document = JsonDocument.Parse(body, Options);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("params", out var parameters)
            || parameters.ValueKind != JsonValueKind.Object
            || !parameters.TryGetProperty(RequestState, out var state)
            || state.ValueKind != JsonValueKind.String
            || state.GetString() is not { } text
            || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return true;
        }

        if (Open(text, accessToken, resourceUri) is not { } opened)
        {
            return false;
        }

        using var kept = opened;
        if (kept.RootElement.GetProperty(ExpiresAt).GetInt64() <= time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return false;
        }

        resumed = Write(root, kept.RootElement);
        return true;
    }

    private JsonDocument? Open(string state, AccessToken accessToken, string resourceUri)
    {
        var text = state.AsSpan(Prefix.Length);
        return Base64Url.IsValid(text)
            && sealer.Open(Base64Url.DecodeFromChars(text), Context(accessToken, resourceUri), out var kept) == EnvelopeOutcome.Opened
                ? JsonDocument.Parse(kept, Options)
                : null;
    }

    private static ReadOnlyMemory<byte> Write(JsonElement root, JsonElement kept)
    {
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            json.WriteStartObject();
            foreach (var member in root.EnumerateObject())
            {
                if (member.NameEquals("params"))
                {
                    WriteParameters(json, member.Value, kept);
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return written.WrittenMemory;
    }

    private static void WriteParameters(Utf8JsonWriter json, JsonElement parameters, JsonElement kept)
    {
        json.WriteStartObject("params");
        var own = parameters.EnumerateObject().Where(member => !member.NameEquals(RequestState) && !member.NameEquals(InputResponses));
        foreach (var member in own.Concat(kept.EnumerateObject().Where(member => !member.NameEquals(ExpiresAt))))
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static byte[] Context(AccessToken accessToken, string resourceUri)
    {
        var context = new StringBuilder("keyholder:request-state");
        foreach (var part in (string[])[accessToken.Subject.ToString(), accessToken.ClientId, resourceUri])
        {
            context.Append('\n').Append(part.Length).Append(':').Append(part);
        }

        return Encoding.UTF8.GetBytes(context.ToString());
    }
}
