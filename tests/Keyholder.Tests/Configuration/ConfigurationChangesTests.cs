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
          }
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
    [InlineData("\"mail\":", "\"post\":", "- resources.mail, + resources.post")]
    [InlineData("\"auth\": \"none\"", "\"auth\": \"none\", \"activityTimeout\": \"1m\"", "~ resources.mail.activityTimeout")]
    [InlineData("\"information\"", "\"debug\"", "~ logging.level (at the next start)")]
    public void A_change_is_named_by_its_key_and_never_by_its_value(string text, string instead, string changes)
    {
        var found = string.Join(", ", Changes(Before, Before.Replace(text, instead, StringComparison.Ordinal)));

        found.ShouldBe(changes);
        found.ShouldNotContain("CANARY");
    }

    [Fact]
    public void Only_what_a_running_server_follows_is_taken_over()
    {
        var taken = ConfigurationChanges.TakeOver(Read(Before), Read("""{ "logging": { "level": "debug" } }"""));

        taken.Resources.ShouldBeEmpty();
        taken.Providers.ShouldBeEmpty();
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
