using DemoUpstream.Api;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>2025-03-26 to 2025-11-25: a session that POST, GET and DELETE share.</summary>
internal sealed class LegacyTransport(LegacySessionStore sessions)
{
    public async Task<McpRefusal?> PostAsync(HttpContext context, JsonRpcMessage message, CancellationToken cancellationToken)
    {
        LegacySession? session;
        if (message is JsonRpcRequest { Method: RequestMethods.Initialize } && context.Request.Headers[McpHeaders.SessionId].Count == 0)
            session = await sessions.BeginAsync(Owner(context));
        else if (Find(context, out session) is { } refusal)
            return refusal;

        context.Response.Headers[McpHeaders.SessionId] = session!.Id;
        EventStream.Begin(context);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.End);
        try
        {
            var wrote = await session.Transport.HandlePostRequestAsync(message, context.Response.Body, stop.Token);
            if (!wrote) EventStream.EndAsAccepted(context);
        }
        catch (OperationCanceledException) when (session.End.IsCancellationRequested)
        {
            // The session ended; its streams end with it.
        }

        return null;
    }

    public async Task<McpRefusal?> GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!McpRequestPolicy.Accepts(context.Request, "text/event-stream")) return McpRefusal.NotAcceptable("text/event-stream");
        if (Find(context, out var session) is { } refusal) return refusal;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session!.End);
        ISseEventStreamReader? missed = null;
        if (context.Request.Headers[McpHeaders.LastEventId] is [{ } lastEventId])
        {
            missed = session.Transport.EventStreamStore is { } log ? await log.GetStreamReaderAsync(lastEventId, stop.Token) : null;
            if (missed is null) return McpRefusal.EventUnknown;
        }
        else if (!session.TryOpenStream())
        {
            return McpRefusal.StreamTaken;
        }

        context.Response.Headers[McpHeaders.SessionId] = session.Id;
        EventStream.Begin(context);
        try
        {
            await (missed is null
                ? session.Transport.HandleGetRequestAsync(context.Response.Body, stop.Token)
                : EventStream.WriteAsync(context.Response, missed.ReadEventsAsync(stop.Token), stop.Token));
        }
        catch (OperationCanceledException) when (session.End.IsCancellationRequested)
        {
            // The session ended; its streams end with it.
        }

        return null;
    }

    public async Task<McpRefusal?> DeleteAsync(HttpContext context)
    {
        if (Find(context, out var session) is { } refusal) return refusal;
        await sessions.EndAsync(session!);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private McpRefusal? Find(HttpContext context, out LegacySession? session)
    {
        session = null;
        if (context.Request.Headers[McpHeaders.SessionId] is not [{ Length: > 0 } id]) return McpRefusal.SessionMissing;
        session = sessions.Find(id, Owner(context));
        return session is null ? McpRefusal.SessionUnknown : null;
    }

    private static string Owner(HttpContext context)
    {
        var inbound = context.Features.GetRequiredFeature<InboundRequest>();
        return $"{inbound.Path} {inbound.Account}";
    }
}
