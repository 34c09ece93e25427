using System.Text.Json;
using Keyholder.Conformance.Running;

namespace Keyholder.Conformance;

/// <summary>An account that dies under a real client, and how its person brings it back.</summary>
[Collection(RunningKeyholderGroup.Name)]
public sealed class ConnectingTests(RunningKeyholder keyholder)
{
    [Fact]
    public async Task A_client_of_2025_gets_an_elicitation_the_person_connects_and_the_same_call_succeeds()
    {
        var report = await RunAsync("sdk1-connecting.mjs", "url");

        report.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32042);
        TheSameCallSucceedsWithoutANewSignIn(report);
    }

    [Fact]
    public async Task A_client_of_2026_is_asked_for_input_the_person_connects_and_its_own_retry_succeeds()
    {
        var report = await RunAsync("sdk2-connecting.mjs", "url");

        report.TryGetProperty("error", out _).ShouldBeFalse();
        report.GetProperty("protocol").GetString().ShouldBe("2026-07-28");
        TheSameCallSucceedsWithoutANewSignIn(report);
    }

    [Theory]
    [InlineData("sdk1-connecting.mjs")]
    [InlineData("sdk2-connecting.mjs")]
    public async Task A_client_that_can_only_show_text_shows_the_link_and_the_same_call_succeeds(string script)
    {
        var report = await RunAsync(script, "text");

        report.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32050);
        TheSameCallSucceedsWithoutANewSignIn(report);
    }

    [Theory]
    [InlineData("sdk1-key-connecting.mjs", "url", -32042)]
    [InlineData("sdk1-key-connecting.mjs", "text", -32050)]
    [InlineData("sdk2-key-connecting.mjs", "text", -32050)]
    public async Task An_agent_with_a_virtual_key_gets_a_link_its_owner_connects_and_the_same_call_succeeds(string script, string mode, int code)
    {
        var name = Path.GetFileNameWithoutExtension(script) + "-" + mode;
        var made = await keyholder.Demo.RunAsync(["vk", "create", name, "--user", keyholder.Demo.Username], TestContext.Current.CancellationToken);
        await keyholder.Demo.RunAsync(["vk", "grant", name, "whoami"], TestContext.Current.CancellationToken);

        var report = await TypeScriptClient.RunAsync(script, keyholder.Demo, keyholder.Demo.Resource("whoami"), mode, made.Trim().Split(' ')[^1]);

        report.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(code);
        report.GetProperty("links").GetArrayLength().ShouldBe(1);
        report.GetProperty("pages").EnumerateArray().ShouldContain(page => page.GetString()!.Contains("The virtual key", StringComparison.Ordinal) && page.GetString()!.Contains(name, StringComparison.Ordinal));
        report.GetProperty("after").GetString().ShouldNotBeNull().ShouldContain("demo-account-1");
        report.GetRawText().ShouldNotContain("demo_at_");
        report.GetRawText().ShouldNotContain("kh_vk_");
    }

    private static void TheSameCallSucceedsWithoutANewSignIn(JsonElement report)
    {
        report.GetProperty("before").GetString().ShouldNotBeNull().ShouldContain("demo-account-1");
        report.GetProperty("after").GetString().ShouldNotBeNull().ShouldContain("demo-account-1");
        report.GetProperty("authorizations").GetInt32().ShouldBe(1);
        report.GetProperty("links").GetArrayLength().ShouldBe(1);
        report.GetProperty("pages").EnumerateArray().ShouldContain(page => page.GetString()!.Contains("needs a connection", StringComparison.Ordinal));
        report.GetRawText().ShouldNotContain("demo_at_");
        report.GetRawText().ShouldNotContain("demo_rt_");
    }

    private Task<JsonElement> RunAsync(string script, string mode) => TypeScriptClient.RunAsync(script, keyholder.Demo, keyholder.Demo.Resource("whoami"), mode);
}
