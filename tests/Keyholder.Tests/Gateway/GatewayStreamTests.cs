using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Keyholder.Tests.Gateway;

public sealed class GatewayStreamTests
{
    private const string Opening = """{"jsonrpc":"2.0",""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task Events_arrive_one_by_one_and_unchanged(string method)
    {
        await using var stream = await OpenAsync(method);
        stream.Response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        stream.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");

        foreach (var item in new[] { "id: 7\ndata: {\"progress\":1}\n\n", ": keep-alive\n\n", "retry: 10\ndata: half" })
        {
            await stream.Events.WriteAsync(item);
            (await stream.ReadAsync(item.Length)).ShouldBe(item);
        }

        stream.Events.Complete();
        (await stream.ReadAsync(1)).ShouldBe("");
    }

    [Fact]
    public async Task The_last_event_id_reaches_the_upstream()
    {
        await using var stream = await OpenAsync("GET");

        stream.Gateway.Upstream.Last.Headers["Last-Event-ID"].ShouldBe("41");
    }

    [Fact]
    public async Task A_client_that_goes_away_takes_the_upstream_request_with_it()
    {
        await using var stream = await OpenAsync("POST");

        stream.Response.Dispose();

        await stream.UpstreamGone.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_revocation_cuts_the_stream_visibly_and_lets_go_of_the_upstream()
    {
        await using var stream = await OpenAsync("GET");
        stream.Gateway.Revocations.Watching.ShouldBe(1);

        stream.Gateway.Revocations.RevokeAll();

        await Should.ThrowAsync<Exception>(() => stream.ReadAsync(1));
        await stream.UpstreamGone.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(100_000L)]
    public async Task A_revocation_cuts_a_long_answer_that_is_no_stream_just_as_well(long? length)
    {
        await using var answer = await OpenAsync("POST", json: Opening, length: length);
        (await answer.ReadAsync(Opening.Length)).ShouldBe(Opening);
        answer.Gateway.Revocations.Watching.ShouldBe(1);

        answer.Gateway.Revocations.RevokeAll();

        await Should.ThrowAsync<Exception>(() => answer.ReadAsync(1));
        await answer.UpstreamGone.WaitAsync(Patience);
    }

    [Fact]
    public async Task An_answer_that_is_over_is_watched_no_more_and_its_revocation_harms_nobody_on_the_connection()
    {
        await using var answer = await OpenAsync("POST", json: Opening);
        answer.Events.Complete();
        (await answer.ReadAsync(Opening.Length + 1)).ShouldBe(Opening);
        using var next = await answer.Gateway.SendAsync(GatewayFixture.Post(token: "none"));

        answer.Gateway.Revocations.Watching.ShouldBe(0);
        next.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        await using var stream = await OpenAsync("GET");
        stream.Gateway.Host.Time.Advance(TimeSpan.FromMinutes(9));
        await stream.Events.WriteAsync("data: 1\n\n");
        (await stream.ReadAsync(9)).ShouldBe("data: 1\n\n");

        stream.Gateway.Host.Time.Advance(TimeSpan.FromMinutes(1));

        await Should.ThrowAsync<Exception>(() => stream.ReadAsync(1));
        await stream.UpstreamGone.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_stream_may_outlive_its_token_where_the_resource_says_so()
    {
        await using var stream = await OpenAsync("GET", endAtExpiry: false);

        stream.Gateway.Host.Time.Advance(TimeSpan.FromHours(2));

        await stream.Events.WriteAsync("data: 1\n\n");
        (await stream.ReadAsync(9)).ShouldBe("data: 1\n\n");
    }

    [Fact]
    public async Task A_silent_stream_is_not_timed_out()
    {
        await using var stream = await OpenAsync("GET", activity: TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<TimeoutException>(() => stream.UpstreamGone.WaitAsync(TimeSpan.FromMilliseconds(600)));

        await stream.Events.WriteAsync("data: 1\n\n");
        (await stream.ReadAsync(9)).ShouldBe("data: 1\n\n");
    }

    [Fact]
    public async Task An_upstream_that_breaks_off_a_stream_is_seen_to_break_off()
    {
        await using var stream = await OpenAsync("POST");

        stream.Events.Break();

        await Should.ThrowAsync<Exception>(() => stream.ReadAsync(1));
    }

    [Fact]
    public async Task Nothing_is_watched_any_more_when_a_stream_is_over()
    {
        await using var stream = await OpenAsync("GET");
        stream.Events.Complete();

        (await stream.ReadAsync(1)).ShouldBe("");
        using var next = await stream.Gateway.SendAsync(GatewayFixture.Post(token: "none"));

        stream.Gateway.Revocations.Watching.ShouldBe(0);
    }

    private static async Task<OpenStream> OpenAsync(
        string method, bool endAtExpiry = true, TimeSpan? activity = null, string? json = null, long? length = null)
    {
        var events = new EventSource();
        if (json is not null)
        {
            await events.WriteAsync(json);
        }

        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gateway = await GatewayFixture.StartAsync(
            async context =>
            {
                context.RequestAborted.Register(() => gone.TrySetResult());
                context.Response.ContentType = json is null ? "text/event-stream" : "application/json";
                context.Response.ContentLength = length;
                await context.Response.Body.FlushAsync();
                await events.CopyAsync(context);
            },
            resource => resource with { EndStreamsAtTokenExpiry = endAtExpiry, ActivityTimeout = activity ?? resource.ActivityTimeout });
        var request = method == "POST" ? GatewayFixture.Post() : GatewayFixture.Bodiless(HttpMethod.Get);
        request.Headers.TryAddWithoutValidation("Last-Event-ID", "41");

        // The headers arrive before the first event.
        var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return new OpenStream(gateway, response, await response.Content.ReadAsStreamAsync(), events, gone.Task);
    }

    private sealed class EventSource
    {
        private readonly Channel<string?> _events = Channel.CreateUnbounded<string?>();

        public ValueTask WriteAsync(string text) => _events.Writer.WriteAsync(text);

        public void Complete() => _events.Writer.Complete();

        public void Break() => _events.Writer.TryWrite(null);

        public async Task CopyAsync(HttpContext context)
        {
            await foreach (var item in _events.Reader.ReadAllAsync(context.RequestAborted))
            {
                if (item is null)
                {
                    context.Abort();
                    return;
                }

                await context.Response.WriteAsync(item);
                await context.Response.Body.FlushAsync();
            }
        }
    }

    private sealed record OpenStream(GatewayFixture Gateway, HttpResponseMessage Response, Stream Body, EventSource Events, Task UpstreamGone) : IAsyncDisposable
    {
        public async Task<string> ReadAsync(int length)
        {
            var buffer = new byte[length];
            using var patience = new CancellationTokenSource(Patience);
            var read = await Body.ReadAtLeastAsync(buffer, length, throwOnEndOfStream: false, patience.Token);
            patience.IsCancellationRequested.ShouldBeFalse();
            return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
        }

        public async ValueTask DisposeAsync()
        {
            Events.Break();
            Response.Dispose();
            await Gateway.DisposeAsync();
        }
    }
}
