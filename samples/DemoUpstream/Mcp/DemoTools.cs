using System.ComponentModel;
using System.Text.Json;
using DemoUpstream.Api;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>The tools. What a tool knows of the HTTP request it serves comes with its message.</summary>
internal sealed class DemoTools(TimeProvider clock)
{
    private const int MaxSteps = 1000;
    private const int MaxItems = 10_000;

    public IEnumerable<McpServerTool> All() =>
    [
        Tool("whoami", "Says which account the upstream sees.", WhoAmI),
        Tool("echo", "Answers the text it was given.", Echo),
        Tool("add", "Adds two numbers.", Add),
        Tool("slow", "Takes its time and reports progress after every step.", SlowAsync),
        Tool("headers", "Lists the HTTP headers that arrived, without the values of credentials.", Headers),
        Tool("many", "Answers many pieces of text.", Many),
    ];

    private static McpServerTool Tool(string name, string description, Delegate method) =>
        McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name, Description = description, ReadOnly = true, Idempotent = true, OpenWorld = false });

    private static CallToolResult WhoAmI(RequestContext<CallToolRequestParams> context)
    {
        var inbound = Inbound(context);
        return Result(
            inbound.Account is { } account ? $"The upstream sees {account}." : "The upstream sees no account here.",
            new { account = inbound.Account, endpoint = inbound.Path });
    }

    private static string Echo([Description("What to answer")] string text) => text;

    private static string Add(double a, double b) => (a + b).ToString("R");

    private async Task<string> SlowAsync(
        RequestContext<CallToolRequestParams> context,
        [Description("How many steps, 1 to 1000")] int steps,
        [Description("Milliseconds each step takes")] int intervalMs,
        CancellationToken cancellationToken)
    {
        if (steps is < 1 or > MaxSteps) throw new McpException($"steps must be 1 to {MaxSteps}.");
        if (intervalMs < 0) throw new McpException("intervalMs must not be negative.");

        for (var step = 1; step <= steps; step++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(intervalMs), clock, cancellationToken);
            if (context.Params?.ProgressToken is { } token)
            {
                var progress = new ProgressNotificationValue { Progress = step, Total = steps, Message = $"Step {step} of {steps}" };
                await context.Server.NotifyProgressAsync(token, progress, cancellationToken: cancellationToken);
            }
        }

        return $"Done after {steps} steps.";
    }

    private static CallToolResult Headers(RequestContext<CallToolRequestParams> context)
    {
        var report = HeaderReport.From(Inbound(context));
        return Result(string.Join('\n', report.Names), report);
    }

    private static CallToolResult Many([Description("How many, 1 to 10000")] int count)
    {
        if (count is < 1 or > MaxItems) throw new McpException($"count must be 1 to {MaxItems}.");
        return new CallToolResult { Content = [.. Enumerable.Range(1, count).Select(n => new TextContentBlock { Text = $"Item {n} of {count}" })] };
    }

    private static InboundRequest Inbound<T>(RequestContext<T> context) => (InboundRequest)context.Items[nameof(InboundRequest)]!;

    private static CallToolResult Result(string text, object structured) => new()
    {
        Content = [new TextContentBlock { Text = text }],
        StructuredContent = JsonSerializer.SerializeToElement(structured, JsonSerializerOptions.Web),
    };
}
