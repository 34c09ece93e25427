using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Keyholder.Conformance.Running;
using Walkthrough;
using Walkthrough.Servers;

namespace Keyholder.Conformance;

/// <summary>The MCP conformance suite's <c>authorization</c> command, with a person at the browser it asks for.</summary>
[Collection(RunningKeyholderGroup.Name)]
public sealed class AuthorizationSuiteTests(RunningKeyholder keyholder)
{
    [Fact]
    public async Task The_authorization_suite_finds_nothing_to_complain_about()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var port = FreePort.Find();
        var redirectUri = new Uri($"http://127.0.0.1:{port}/callback");
        var clientId = await RegisterAsync(redirectUri, cancellationToken);
        var start = new ProcessStartInfo(
            Repository.Node,
            [
                Path.Combine(Repository.Clients, "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js"),
                "authorization",
                "--url", keyholder.Demo.Issuer.GetLeftPart(UriPartial.Authority),
                "--client-id", clientId,
                "--resource", keyholder.Demo.Resource("whoami").AbsoluteUri,
                "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using var suite = Process.Start(start)!;
        var error = suite.StandardError.ReadToEndAsync(cancellationToken);
        var output = new System.Text.StringBuilder();
        while (await suite.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            output.AppendLine(line);
            if (line.StartsWith("http", StringComparison.Ordinal) && line.Contains("/authorize?", StringComparison.Ordinal))
            {
                await AuthorizeAsync(new Uri(line.Trim()), redirectUri, cancellationToken);
            }
        }

        await suite.WaitForExitAsync(cancellationToken);
        var text = $"{output}{await error}";
        suite.ExitCode.ShouldBe(0, text);
        text.ShouldContain("authorization-code-grant", Case.Insensitive, text);
        text.ShouldNotContain("FAILURE", Case.Sensitive, text);
        text.ShouldNotContain("SKIPPED", Case.Sensitive, text);
    }

    private async Task AuthorizeAsync(Uri url, Uri redirectUri, CancellationToken cancellationToken)
    {
        using var person = new Person(keyholder.Demo.Username, keyholder.Demo.Password, (_, _) => { });
        var callback = await person.AuthorizeAsync(url, redirectUri, cancellationToken);
        using var http = new HttpClient();
        using var response = await http.GetAsync(callback, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task<string> RegisterAsync(Uri redirectUri, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(
            new Uri(keyholder.Demo.Issuer, "/register"),
            new { client_name = "Conformance suite", redirect_uris = new[] { redirectUri.AbsoluteUri }, token_endpoint_auth_method = "none" },
            cancellationToken);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("client_id").GetString()!;
    }
}
