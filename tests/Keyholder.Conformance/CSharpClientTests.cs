using Keyholder.Conformance.Running;
using ModelContextProtocol;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Walkthrough;

namespace Keyholder.Conformance;

/// <summary>The C# MCP client with its own OAuth provider.</summary>
[Collection(RunningKeyholderGroup.Name)]
public sealed class CSharpClientTests(RunningKeyholder keyholder)
{
    private static readonly Uri RedirectUri = new("http://localhost:33421/callback");

    [Fact]
    public async Task It_registers_authorizes_and_sees_its_own_upstream_account()
    {
        await using var client = await ConnectAsync("whoami");

        var result = await client.CallToolAsync("whoami", cancellationToken: TestContext.Current.CancellationToken);

        Text(result).ShouldContain("demo-account-1");
    }

    [Fact]
    public async Task Progress_arrives_while_the_call_runs()
    {
        await using var client = await ConnectAsync("whoami");
        var seen = new System.Collections.Concurrent.ConcurrentBag<double>();

        var result = await client.CallToolAsync(
            "slow",
            new Dictionary<string, object?> { ["steps"] = 3, ["intervalMs"] = 50 },
            new SynchronousProgress(p => seen.Add(p.Progress)),
            cancellationToken: TestContext.Current.CancellationToken);

        result.IsError.ShouldNotBe(true);

        // The client hands each notification to its own task, so their order is its own affair, and the last one races the result.
        seen.ShouldContain(1);
        seen.ShouldContain(2);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("keyed")]
    public async Task Upstreams_without_authorization_and_with_a_static_key_work_too(string resource)
    {
        await using var client = await ConnectAsync(resource);

        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);

        tools.ShouldContain(t => t.Name == "echo");
    }

    private static string Text(CallToolResult result) => string.Join(' ', result.Content.OfType<TextContentBlock>().Select(c => c.Text));

    private async Task<McpClient> ConnectAsync(string resource)
    {
        var person = new Person(keyholder.Demo.Username, keyholder.Demo.Password, (_, _) => { });
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = keyholder.Demo.Resource(resource),
            TransportMode = HttpTransportMode.StreamableHttp,
            OAuth = new ClientOAuthOptions
            {
                RedirectUri = RedirectUri,
                DynamicClientRegistration = new DynamicClientRegistrationOptions { ClientName = "C# conformance client" },
                AuthorizationCallbackHandler = async (context, token) =>
                {
                    var callback = await person.AuthorizeAsync(context.AuthorizationUri, context.RedirectUri, token);
                    var query = System.Web.HttpUtility.ParseQueryString(callback.Query);
                    return new AuthorizationResult { Code = query["code"], State = query["state"], Iss = query["iss"] };
                },
            },
        });
        return await McpClient.CreateAsync(transport, cancellationToken: TestContext.Current.CancellationToken);
    }

    private sealed class SynchronousProgress(Action<ProgressNotificationValue> report) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => report(value);
    }
}
