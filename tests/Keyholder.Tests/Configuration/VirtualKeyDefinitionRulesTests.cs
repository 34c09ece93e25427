using Keyholder.Server.Configuration;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Configuration;

public sealed class VirtualKeyDefinitionRulesTests
{
    [Fact]
    public void A_declared_key_is_read_with_its_grants_in_one_form()
    {
        var key = Load("""{ "agent": { "user": "person1", "expiresAt": "2030-01-02T03:04:05.123456Z", "grants": { "notes": { "tools": ["b", "a", "b"] }, "wiki": {} } } }""")
            .Configuration.ShouldNotBeNull().VirtualKeys.ShouldHaveSingleItem();

        (key.Name, key.Owner, key.ExpiresAt).ShouldBe(("agent", "person1", new DateTimeOffset(2030, 1, 2, 3, 4, 5, 123, TimeSpan.Zero)));
        key.Grants.Select(grant => grant.Resource).ShouldBe(["notes", "wiki"]);
        key.Grants[0].Tools.ShouldBe(["a", "b"]);
        key.Grants[1].Tools.ShouldBeNull();
    }

    [Fact]
    public void A_key_that_says_nothing_is_nobodys_never_expires_and_may_use_nothing()
    {
        var key = Load("""{ "agent": {} }""").Configuration.ShouldNotBeNull().VirtualKeys.ShouldHaveSingleItem();

        (key.Owner, key.ExpiresAt, key.Grants.Count).ShouldBe((null, null, 0));
    }

    [Theory]
    [InlineData("""{ "an agent": {} }""", "virtualKeys.an agent")]
    [InlineData("""{ "agent": {}, "AGENT": {} }""", "virtualKeys.AGENT")]
    [InlineData("""{ "agent": {}, "agent": {} }""", "$")]
    [InlineData("""{ "agent": null }""", "virtualKeys.agent")]
    [InlineData("""{ "agent": { "secret": "kh_vk_x" } }""", "virtualKeys.agent.secret")]
    [InlineData("""{ "agent": { "user": "" } }""", "virtualKeys.agent.user")]
    [InlineData("""{ "agent": { "user": "a\u0000b" } }""", "virtualKeys.agent.user")]
    [InlineData("""{ "agent": { "expiresAt": "tomorrow" } }""", "virtualKeys.agent.expiresAt")]
    [InlineData("""{ "agent": { "grants": ["notes"] } }""", "virtualKeys.agent.grants")]
    [InlineData("""{ "agent": { "grants": { "note": {} } } }""", "virtualKeys.agent.grants.note")]
    [InlineData("""{ "agent": { "grants": { "Notes": {} } } }""", "virtualKeys.agent.grants.Notes")]
    [InlineData("""{ "agent": { "grants": { "notes": { "tool": [] } } } }""", "virtualKeys.agent.grants.notes.tool")]
    [InlineData("""{ "agent": { "grants": { "notes": { "tools": "a" } } } }""", "virtualKeys.agent.grants.notes.tools")]
    [InlineData("""{ "agent": { "grants": { "notes": { "tools": [""] } } } }""", "virtualKeys.agent.grants.notes.tools")]
    [InlineData("""{ "agent": { "grants": { "notes": { "tools": ["a", "c"] } } } }""", "virtualKeys.agent.grants.notes.tools[1]")]
    [InlineData("""{ "agent": { "grants": { "notes": { "tools": ["resource:*"] } } } }""", "virtualKeys.agent.grants.notes.tools[0]")]
    public void What_cannot_be_declared_is_named_by_its_place(string keys, string path)
    {
        var result = Load(keys);

        result.Configuration.ShouldBeNull();
        result.Problems.ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("tool:b")]
    [InlineData("*")]
    [InlineData("prompt:anything")]
    [InlineData("prompt:*")]
    public void A_tool_the_resource_knows_can_be_granted_also_while_it_is_denied(string tool) =>
        Load($$"""{ "agent": { "grants": { "notes": { "tools": ["{{tool}}"] } } } }""").Problems.ShouldBeEmpty();

    [Fact]
    public void A_resource_that_does_not_say_what_it_allows_may_have_any_tool() =>
        Load("""{ "agent": { "grants": { "wiki": { "tools": ["anything", "resource:file:///x", "task:*"] } } } }""").Problems.ShouldBeEmpty();

    [Fact]
    public void A_problem_of_a_resource_is_no_second_one_of_its_grants()
    {
        var result = ConfigurationLoader.Parse(
            """{ "resources": { "notes": { "upstream": "nowhere", "auth": "none" } }, "virtualKeys": { "agent": { "grants": { "notes": { "tools": ["a"] } } } } }""",
            new Dictionary<string, string>());

        result.Problems.ShouldHaveSingleItem().Path.ShouldBe("resources.notes.upstream");
    }

    [Fact]
    public void The_environment_can_declare_a_key() => ConfigurationLoader.Parse(
        """{ "resources": { "wiki": { "upstream": "https://up.example/mcp", "auth": "none" } } }""",
        new Dictionary<string, string> { ["KEYHOLDER__VIRTUALKEYS__AGENT__GRANTS__WIKI"] = "{}" })
        .Configuration.ShouldNotBeNull().VirtualKeys.ShouldHaveSingleItem().Grants.ShouldBe([new Grant("wiki", null)]);

    private static ConfigurationResult Load(string keys) => ConfigurationLoader.Parse(
        $$"""
        {
          "resources": {
            "notes": { "upstream": "https://up.example/mcp", "auth": "none", "tools": { "allow": ["a", "b", "prompt:*"], "deny": ["b"] } },
            "wiki": { "upstream": "https://up.example/wiki", "auth": "none" }
          },
          "virtualKeys": {{keys}}
        }
        """,
        new Dictionary<string, string>());
}
