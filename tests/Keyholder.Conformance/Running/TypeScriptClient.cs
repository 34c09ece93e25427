using System.Diagnostics;
using System.Text.Json;
using Walkthrough.Servers;

namespace Keyholder.Conformance.Running;

/// <summary>Runs one of the scripts in <c>clients/</c> to its end and reads the report it prints.</summary>
internal static class TypeScriptClient
{
    public static async Task<JsonElement> RunAsync(string script, DemoEnvironment demo, Uri resource, string tool, string? virtualKey = null)
    {
        var start = new ProcessStartInfo(Repository.Node, [Path.Combine(Repository.Clients, script), resource.AbsoluteUri, tool])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Clients,
        };
        start.Environment["KEYHOLDER_USER"] = demo.Username;
        start.Environment["KEYHOLDER_PASSWORD"] = demo.Password;
        start.Environment["KEYHOLDER_KEY"] = virtualKey;
        start.Environment["UPSTREAM"] = demo.UpstreamUrl.AbsoluteUri;
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, $"{script}: {await error}");
        return JsonDocument.Parse(await output).RootElement;
    }
}
