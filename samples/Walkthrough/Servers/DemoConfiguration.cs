using System.Text.Json;
using System.Text.Json.Nodes;

namespace Walkthrough.Servers;

/// <summary>The configuration the demo runs with: one provider, and one resource per way to authenticate to an upstream.</summary>
internal static class DemoConfiguration
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(DemoEnvironmentOptions options, Uri issuer, Uri upstream)
    {
        var resources = new JsonObject
        {
            ["whoami"] = Resource("Demo (your own account)", new Uri(upstream, "/mcp"), "userOAuth", "demo"),
            ["open"] = Resource("Demo (no account needed)", new Uri(upstream, "/open/mcp"), "none"),
            ["keyed"] = Resource("Demo (one key for everybody)", new Uri(upstream, "/keyed/mcp"), "staticHeaders"),
        };
        resources["keyed"]!["headers"] = new JsonObject { ["X-Api-Key"] = "demo-api-key" };
        foreach (var (name, url) in options.OpenResources)
        {
            resources[name] = Resource(name, url, "none");
        }

        foreach (var (name, url) in options.UserResources)
        {
            resources[name] = Resource(name, url, "userOAuth", "demo");
        }

        return new JsonObject
        {
            ["server"] = new JsonObject { ["listen"] = new JsonArray(issuer.GetLeftPart(UriPartial.Authority)) },
            ["storage"] = new JsonObject { ["kind"] = "sqlite", ["path"] = Path.Combine(options.DataFolder, "keyholder.db") },
            ["providers"] = new JsonObject
            {
                ["demo"] = new JsonObject
                {
                    ["displayName"] = "Demo provider",
                    ["kind"] = "oidc",
                    ["issuer"] = upstream.GetLeftPart(UriPartial.Authority),
                    ["clientId"] = "demo-client",
                    ["clientSecret"] = "demo-client-secret",
                    ["scopes"] = new JsonArray("openid"),
                },
            },
            ["resources"] = resources,
        }.ToJsonString(Indented);
    }

    private static JsonObject Resource(string displayName, Uri upstream, string auth, string? provider = null)
    {
        var resource = new JsonObject { ["displayName"] = displayName, ["upstream"] = upstream.AbsoluteUri, ["auth"] = auth };
        if (provider is not null)
        {
            resource["provider"] = provider;
        }

        return resource;
    }
}
