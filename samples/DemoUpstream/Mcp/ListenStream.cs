using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary><c>subscriptions/listen</c> of 2026-07-28: a response that stays open and carries <c>notifications/tools/list_changed</c>.</summary>
internal static class ListenStream
{
    /// <summary>Runs until the client leaves or the process ends.</summary>
    public static async ValueTask<EmptyResult> RunAsync(RequestContext<SubscriptionsListenRequestParams> context, AnnouncedTools tools, CancellationToken cancellationToken)
    {
        var announcements = Channel.CreateUnbounded<bool>();
        void OnChanged(object? sender, EventArgs e) => announcements.Writer.TryWrite(true);

        var honoured = new JsonObject();
        if (context.Params?.Notifications?.ToolsListChanged == true)
        {
            honoured["toolsListChanged"] = true;
            tools.Changed += OnChanged;
        }

        try
        {
            await SendAsync(NotificationMethods.SubscriptionsAcknowledgedNotification, new JsonObject { ["notifications"] = honoured });
            await foreach (var _ in announcements.Reader.ReadAllAsync(cancellationToken))
                await SendAsync(NotificationMethods.ToolListChangedNotification, []);
        }
        finally
        {
            tools.Changed -= OnChanged;
        }

        return new EmptyResult();

        Task SendAsync(string method, JsonObject parameters)
        {
            var id = JsonSerializer.SerializeToNode(context.JsonRpcRequest.Id, McpJsonUtilities.DefaultOptions);
            parameters["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = id };
            return context.Server.SendNotificationAsync(method, parameters, cancellationToken: cancellationToken);
        }
    }
}
