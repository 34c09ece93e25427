using DemoUpstream.Api;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>What the MCP server offers: one of every family, so that each can be authorized, filtered and proxied.</summary>
internal static class DemoCapabilities
{
    public static McpServerOptions Create(AnnouncedTools tools, DemoUpstreamOptions options) => new()
    {
        ServerInfo = new Implementation { Name = "demo-upstream", Version = "1.0.0" },
        Capabilities = new ServerCapabilities
        {
            Tools = new ToolsCapability { ListChanged = true },
            Prompts = new PromptsCapability(),
            Resources = new ResourcesCapability { Subscribe = true },
            Completions = new CompletionsCapability(),
            Logging = new LoggingCapability(),
        },
        ToolCollection = tools,
        PromptCollection = [McpServerPrompt.Create(Greeting, new McpServerPromptCreateOptions { Name = "greeting", Description = "A greeting for an account." })],
        ResourceCollection =
        [
            McpServerResource.Create(Account, new McpServerResourceCreateOptions
            {
                UriTemplate = "demo://account", Name = "account", Description = "The account the upstream sees.", MimeType = "text/plain",
            }),
            McpServerResource.Create(Note, new McpServerResourceCreateOptions
            {
                UriTemplate = "demo://notes/{id}", Name = "note", Description = "A numbered note.", MimeType = "text/plain",
            }),
        ],
        Handlers = new McpServerHandlers
        {
            CompleteHandler = (context, _) => ValueTask.FromResult(Complete(context.Params!, options)),
            SubscribeToResourcesHandler = (_, _) => ValueTask.FromResult(new EmptyResult()),
            SubscriptionsListenHandler = (context, cancellationToken) => ListenStream.RunAsync(context, tools, cancellationToken),
            UnsubscribeFromResourcesHandler = (_, _) => ValueTask.FromResult(new EmptyResult()),
        },
    };

    private static string Greeting(string account) => $"Say hello to {account}.";

    private static string Account(RequestContext<ReadResourceRequestParams> context) => ((InboundRequest)context.Items[nameof(InboundRequest)]!).Account ?? "none";

    private static string Note(string id) => $"This is note {id}.";

    private static CompleteResult Complete(CompleteRequestParams request, DemoUpstreamOptions options)
    {
        var values = options.EffectiveAccounts.Where(account => account.StartsWith(request.Argument.Value, StringComparison.Ordinal)).ToList();
        return new CompleteResult { Completion = new Completion { Values = values, Total = values.Count } };
    }
}
