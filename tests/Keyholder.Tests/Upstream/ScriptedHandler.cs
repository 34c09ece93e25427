using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Keyholder.Tests.Upstream;

/// <summary>A transport that answers from a function and remembers what it was asked.</summary>
internal sealed class ScriptedHandler(Func<ScriptedRequest, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();

    public ScriptedHandler(Func<ScriptedRequest, HttpResponseMessage> answer)
        : this(request => Task.FromResult(answer(request)))
    {
    }

    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK, string mediaType = "application/json") =>
        Bytes(Encoding.UTF8.GetBytes(body), status, mediaType);

    public static HttpResponseMessage Bytes(byte[] body, HttpStatusCode status = HttpStatusCode.OK, string mediaType = "application/json")
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
        response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return response;
    }

    public static HttpResponseMessage Status(HttpStatusCode status) => new(status);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var scripted = new ScriptedRequest(request.Method, request.RequestUri!, request.Headers.Authorization?.ToString(), body);
        _requests.Enqueue(scripted);
        return await answer(scripted).WaitAsync(cancellationToken);
    }
}
