using Keyholder.Resources;
using Keyholder.Server.Hosting;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Hosting;

public sealed class StartupReportTests
{
    [Fact]
    public async Task The_report_names_every_resource_and_no_secret_and_the_log_holds_none_either()
    {
        await using var host = await KeyholderHost.StartAsync("""
            {
              "providers": { "hub": { "kind": "oidc", "displayName": "The Hub", "issuer": "https://hub.example", "clientId": "kh", "clientSecret": "canary-client" } },
              "resources": {
                "code": { "upstream": "https://hub.example/mcp?key=canary-query", "auth": "userOAuth", "provider": "hub" },
                "search": { "upstream": "https://search.example/mcp", "auth": "staticHeaders", "headers": { "X-Key": "canary-header" } }
              },
              "vault": { "keys": ["canary:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"] }
            }
            """);

        var report = StartupReport.Of(host.Configuration, file: null);

        report.ShouldContain("http://localhost:7717/mcp/code -> https://hub.example/mcp (each user's own The Hub account)");
        report.ShouldContain("http://localhost:7717/mcp/search -> https://search.example/mcp (static headers: X-Key)");
        report.ShouldContain("in memory only");
        foreach (var text in new[] { report, host.Logs.ToString(), host.Configuration.ToString() })
        {
            text.ShouldNotContain("canary");
            text.ShouldNotContain("0405060708090a");
        }

        host.Services.GetService(typeof(IResourceSource)).ShouldBeAssignableTo<IResourceSource>()!.Current.Resources.Count.ShouldBe(2);
    }
}
