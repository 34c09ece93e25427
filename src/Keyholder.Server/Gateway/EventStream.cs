namespace Keyholder.Server.Gateway;

/// <summary>
/// Passes an upstream's event stream on, byte for byte as it comes. Silence is no failure here: a listening stream may have nothing to say
/// for hours, so only the connections' own keep-alive decides whether the upstream still lives, and no buffer is held while it is silent.
/// </summary>
internal static class EventStream
{
    private const int ReadAtLeast = 4 * 1024;

    /// <summary>Copies until either side or the <paramref name="lifetime"/> ends, through the <paramref name="filter"/> if there is one.</summary>
    public static async ValueTask<ForwardOutcome> CopyAsync(HttpContext context, HttpResponseMessage upstream, StreamLifetime lifetime, EventFilter? filter)
    {
        var ended = lifetime.Ended;
        try
        {
            // The client learns at once that the stream is open, also when the first event is far away.
            await context.Response.Body.FlushAsync(ended);
            await using var events = await upstream.Content.ReadAsStreamAsync(ended);
            var outcome = filter is null ? await CopyAsync(context, events, ended) : await FilterAsync(context, events, filter, ended);
            return outcome == ForwardOutcome.Broken ? End(context, outcome) : outcome;
        }
        catch (OperationCanceledException)
        {
            return End(context, context.RequestAborted.IsCancellationRequested ? ForwardOutcome.ClientGone : ForwardOutcome.Cut);
        }
        catch (IOException)
        {
            return End(context, ForwardOutcome.Broken);
        }
        catch (HttpRequestException)
        {
            return End(context, ForwardOutcome.Broken);
        }
    }

    private static async ValueTask<ForwardOutcome> CopyAsync(HttpContext context, Stream events, CancellationToken ended)
    {
        var output = context.Response.BodyWriter;
        while (true)
        {
            // Waits for the next bytes without holding memory for them.
            _ = await events.ReadAsync(Memory<byte>.Empty, ended);
            var read = await events.ReadAsync(output.GetMemory(ReadAtLeast), ended);
            if (read == 0)
            {
                return ForwardOutcome.Forwarded;
            }

            output.Advance(read);
            var flushed = await output.FlushAsync(ended);
            if (flushed.IsCompleted)
            {
                return ForwardOutcome.ClientGone;
            }
        }
    }

    private static async ValueTask<ForwardOutcome> FilterAsync(HttpContext context, Stream events, EventFilter filter, CancellationToken ended)
    {
        var output = context.Response.BodyWriter;
        var buffer = new byte[ReadAtLeast];
        while (true)
        {
            var read = await events.ReadAsync(buffer, ended);
            if (read == 0)
            {
                return ForwardOutcome.Forwarded;
            }

            if (!filter.TryWrite(buffer.AsSpan(0, read), output))
            {
                return ForwardOutcome.Broken;
            }

            var flushed = await output.FlushAsync(ended);
            if (flushed.IsCompleted)
            {
                return ForwardOutcome.ClientGone;
            }
        }
    }

    private static ForwardOutcome End(HttpContext context, ForwardOutcome outcome)
    {
        // A proper end would tell the client that it has everything.
        context.Abort();
        return outcome;
    }
}
