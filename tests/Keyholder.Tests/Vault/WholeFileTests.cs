using System.Diagnostics;
using System.Text;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class WholeFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-");

    private string FilePath => Path.Combine(_directory.FullName, "file");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_file_that_is_replaced_keeps_its_group_with_its_mode()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can give a file to any group.");
        await File.WriteAllTextAsync(FilePath, "before", TestContext.Current.CancellationToken);
        await RunAsync("chown", "12345:54321", FilePath);
        await RunAsync("chmod", "640", FilePath);

        WholeFile.Replace(FilePath, Encoding.UTF8.GetBytes("after"));

        (await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken)).ShouldBe("after");
        (await RunAsync("stat", "-c", "%u:%g %a", FilePath)).ShouldBe("12345:54321 640\n");
        Directory.GetFiles(_directory.FullName).ShouldBe([FilePath]);
    }

    private static async Task<string> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
        return output;
    }
}
