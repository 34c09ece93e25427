using System.Collections.Concurrent;

namespace Keyholder.Tests.EndToEnd;

/// <summary>Keeps every answer as text. An answer that is streamed to its reader is kept without its body.</summary>
internal sealed class RecordingHandler(ConcurrentQueue<RecordedAnswer> answers, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Marks a request whose answer must not be read ahead.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streamed = new("streamed");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var body = "";
        if (!request.Options.TryGetValue(Streamed, out var streamed) || !streamed)
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            body = await response.Content.ReadAsStringAsync(cancellationToken);
        }

        var path = request.RequestUri!.IsAbsoluteUri ? request.RequestUri.AbsolutePath : request.RequestUri.OriginalString.Split('?')[0];
        answers.Enqueue(new($"{request.Method} {path}", $"{(int)response.StatusCode}\n{response.Headers}{response.Content.Headers}\n{body}"));
        return response;
    }
}
