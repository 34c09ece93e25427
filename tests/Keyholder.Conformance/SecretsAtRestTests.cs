using System.Text;
using Keyholder.Conformance.Running;

namespace Keyholder.Conformance;

/// <summary>What lies on the disk and in the log after clients have signed in, called, refreshed and replayed.</summary>
[Collection(RunningKeyholderGroup.Name)]
public sealed class SecretsAtRestTests(RunningKeyholder keyholder)
{
    [Fact]
    public async Task No_database_page_and_no_log_line_holds_a_token_or_the_password_in_clear()
    {
        var report = await TypeScriptClient.RunAsync("sdk1.mjs", keyholder.Demo, keyholder.Demo.Resource("whoami"), "whoami");
        report.GetProperty("call").GetString().ShouldNotBeNull().ShouldContain("demo-account-1");

        var files = Directory.GetFiles(keyholder.DataFolder, "keyholder.db*");
        files.ShouldNotBeEmpty();
        var texts = files.Select(ReadShared).Append(keyholder.Demo.Keyholder.Output);
        foreach (var text in texts)
        {
            foreach (var canary in (string[])["demo_at_", "demo_rt_", "demo-client-secret", "kh_rt_", "kh_ac_", "eyJhbGciOi", keyholder.Demo.Password])
            {
                text.ShouldNotContain(canary, Case.Sensitive);
            }
        }
    }

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
