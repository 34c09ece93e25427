using Keyholder.Server.Configuration;

namespace Keyholder.Tests.Configuration;

public sealed class ConfigurationChangesTests
{
    private const string Before = """
        {
          "logging": { "level": "information" },
          "providers": { "github": { "kind": "oauth2", "issuer": "https://idp.example", "clientId": "a", "clientSecret": "CANARY-1", "scopes": ["repo"] } },
          "resources": {
            "mail": { "upstream": "https://mail.example/mcp", "auth": "none", "scopes": { "read": "Read" } },
            "notes": { "upstream": "https://notes.example/mcp", "auth": "credentials", "providers": [{ "provider": "github" }] }
          },
          "virtualKeys": { "agent": { "expiresAt": "2030-01-01", "grants": { "mail": { "tools": ["list", "send"] }, "notes": {} } } }
        }
        """;

    [Fact]
    public void The_same_configuration_has_no_changes_however_it_is_written() =>
        Changes(Before, Before.ReplaceLineEndings(" ").Replace("\"logging\": { \"level\": \"information\" },", "", StringComparison.Ordinal)).ShouldBeEmpty();

    [Theory]
    [InlineData("CANARY-1", "CANARY-2", "~ providers.github.clientSecret")]
    [InlineData("[\"repo\"]", "[\"repo\", \"user\"]", "~ providers.github.scopes")]
    [InlineData("\"Read\"", "\"Look\"", "~ resources.mail.scopes.read")]
    [InlineData("\"read\": \"Read\"", "\"write\": \"Write\"", "- resources.mail.scopes.read, + resources.mail.scopes.write")]
    [InlineData("{ \"provider\": \"github\" }", "{ \"provider\": \"github\", \"required\": false }", "~ resources.notes.providers")]
    [InlineData("\"auth\": \"none\"", "\"auth\": \"none\", \"activityTimeout\": \"1m\"", "~ resources.mail.activityTimeout")]
    [InlineData("\"information\"", "\"debug\"", "~ logging.level (at the next start)")]
    [InlineData("2030-01-01", "2031-01-01", "~ virtualKeys.agent.expiresAt")]
    [InlineData("\"expiresAt\": \"2030-01-01\"", "\"user\": \"person1\"", "~ virtualKeys.agent.user, ~ virtualKeys.agent.expiresAt")]
    [InlineData("\"send\"", "\"read\", \"list\"", "- virtualKeys.agent.grants.mail.tools.send, + virtualKeys.agent.grants.mail.tools.read")]
    [InlineData("\"tools\": [\"list\", \"send\"]", "", "~ virtualKeys.agent.grants.mail.tools")]
    [InlineData("\"notes\": {}", "\"notes\": { \"tools\": [\"read\"] }", "~ virtualKeys.agent.grants.notes.tools, + virtualKeys.agent.grants.notes.tools.read")]
    [InlineData(", \"notes\": {}", "", "- virtualKeys.agent.grants.notes")]
    [InlineData("\"agent\": {", "\"robot\": {", "- virtualKeys.agent, - virtualKeys.agent.grants.mail, - virtualKeys.agent.grants.notes, + virtualKeys.robot, + virtualKeys.robot.grants.mail, + virtualKeys.robot.grants.mail.tools.list, + virtualKeys.robot.grants.mail.tools.send, + virtualKeys.robot.grants.notes")]
    public void A_change_is_named_by_its_key_and_never_by_its_value(string text, string instead, string changes)
    {
        var found = string.Join(", ", Changes(Before, Before.Replace(text, instead, StringComparison.Ordinal)));

        found.ShouldBe(changes);
        found.ShouldNotContain("CANARY");
    }

    [Fact]
    public void A_resource_that_is_renamed_goes_and_comes() =>
        Changes("""{ "resources": { "mail": { "upstream": "https://m.example", "auth": "none" } } }""", """{ "resources": { "post": { "upstream": "https://m.example", "auth": "none" } } }""")
            .Select(change => change.ToString()).ShouldBe(["- resources.mail", "+ resources.post"]);

    [Fact]
    public void Only_what_a_running_server_follows_is_taken_over()
    {
        var taken = ConfigurationChanges.TakeOver(Read(Before), Read("""{ "logging": { "level": "debug" } }"""));

        taken.Resources.ShouldBeEmpty();
        taken.Providers.ShouldBeEmpty();
        taken.VirtualKeys.ShouldBeEmpty();
        taken.Logging.ShouldBe(Read(Before).Logging);
    }

    private static IReadOnlyList<ConfigurationChange> Changes(string before, string after) => ConfigurationChanges.Find(Read(before), Read(after));

    private static KeyholderFile Read(string json)
    {
        var result = ConfigurationLoader.Parse(json, new Dictionary<string, string>());
        result.Problems.ShouldBeEmpty();
        return result.Definitions.ShouldNotBeNull();
    }
}
