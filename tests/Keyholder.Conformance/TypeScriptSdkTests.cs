using System.Text.Json;
using Keyholder.Conformance.Running;

namespace Keyholder.Conformance;

/// <summary>The TypeScript SDKs, told nothing but the resource URL.</summary>
[Collection(RunningKeyholderGroup.Name)]
public sealed class TypeScriptSdkTests(RunningKeyholder keyholder)
{
    [Theory]
    [InlineData("sdk1.mjs", "2025-11-25")]
    [InlineData("sdk2.mjs", "2026-07-28")]
    public async Task A_client_that_knows_only_the_resource_url_sees_its_own_upstream_account(string script, string protocol)
    {
        var report = await TypeScriptClient.RunAsync(script, keyholder.Demo, keyholder.Demo.Resource("whoami"), "whoami");

        report.GetProperty("protocol").GetString().ShouldBe(protocol);
        report.GetProperty("authorizations").GetInt32().ShouldBe(1);
        report.GetProperty("call").GetString().ShouldNotBeNull().ShouldContain("demo-account-1");
        report.GetProperty("afterRefresh").GetString().ShouldNotBeNull().ShouldContain("demo-account-1");
        ProgressArrivesWhileTheCallRuns(report);
        TheSessionRotatesRetriesAndDiesOnReplay(report);
    }

    [Theory]
    [InlineData("sdk1.mjs")]
    [InlineData("sdk2.mjs")]
    public async Task A_third_party_server_with_sessions_works_through_the_gateway(string script)
    {
        var report = await TypeScriptClient.RunAsync(script, keyholder.Demo, keyholder.Demo.Resource("everything"), "echo");

        report.GetProperty("tools").GetArrayLength().ShouldBeGreaterThanOrEqualTo(10);
        report.GetProperty("call").GetString().ShouldNotBeNull().ShouldContain("hello");
        report.GetProperty("afterRefresh").GetString().ShouldNotBeNull().ShouldContain("again");
        ProgressArrivesWhileTheCallRuns(report);
        TheSessionRotatesRetriesAndDiesOnReplay(report);
    }

    private static void ProgressArrivesWhileTheCallRuns(JsonElement report)
    {
        var progress = report.GetProperty("progress");
        progress.GetProperty("events").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
        progress.GetProperty("firstBeforeEndMs").GetInt32().ShouldBeGreaterThanOrEqualTo(100);
    }

    private static void TheSessionRotatesRetriesAndDiesOnReplay(JsonElement report)
    {
        report.GetProperty("rotated").GetBoolean().ShouldBeTrue();
        report.GetProperty("retryGivesTheSameSuccessor").GetBoolean().ShouldBeTrue();
        report.GetProperty("replay").GetProperty("status").GetInt32().ShouldBe(400);
        report.GetProperty("replay").GetProperty("error").GetString().ShouldBe("invalid_grant");
        report.GetProperty("newestAfterReplay").GetProperty("error").GetString().ShouldBe("invalid_grant");
        var dead = report.GetProperty("accessTokenAfterReplay");
        dead.GetProperty("status").GetInt32().ShouldBe(401);
        dead.GetProperty("challenge").GetString().ShouldNotBeNull().ShouldContain("error=\"invalid_token\"");
        report.GetRawText().ShouldNotContain("demo_at_");
        report.GetRawText().ShouldNotContain("demo_rt_");
    }
}
