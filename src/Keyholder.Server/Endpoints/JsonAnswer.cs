using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keyholder.Server.Endpoints;

/// <summary>
/// A small JSON answer, sent whole. With its length said, head and body leave in one piece; a body of unknown length needs a second one for its end,
/// which costs as much as the first.
/// </summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>Writes and sends the body of a response that has none yet.</summary>
    /// <param name="response">The response.</param>
    /// <param name="content">What is written.</param>
    /// <param name="write">Writes one JSON value; static, so that nothing is allocated for it.</param>
    public static Task WriteAsync<T>(HttpResponse response, T content, Action<Utf8JsonWriter, T> write)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        var json = _json ??= new Utf8JsonWriter(buffer, Options);
        json.Reset(buffer);
        try
        {
            write(json, content);
            json.Flush();
            response.ContentType = "application/json";
            response.ContentLength = buffer.WrittenCount;
            buffer.WrittenSpan.CopyTo(response.BodyWriter.GetSpan(buffer.WrittenCount));
            response.BodyWriter.Advance(buffer.WrittenCount);
        }
        finally
        {
            // Also forgets the tokens that were written.
            buffer.Clear();
        }

        return response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).AsTask();
    }
}
