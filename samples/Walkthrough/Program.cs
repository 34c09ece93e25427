using Walkthrough;
using Walkthrough.Servers;

var check = args is ["--check"];
if (args.Length > 0 && !check)
{
    Console.Error.WriteLine("usage: Walkthrough [--check]");
    return 2;
}

var narrator = new Narrator();
DemoEnvironment? running = null;
using var stop = new CancellationTokenSource();
using var onInterrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, Stop);
using var onTerminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, Stop);
var folder = Path.GetFullPath(Path.Combine("data", check ? $"check-{Environment.ProcessId}" : $"demo-{Environment.ProcessId}"));
try
{
    narrator.Begin("start");
    await using var demo = running = await DemoEnvironment.StartAsync(new DemoEnvironmentOptions { DataFolder = folder, PreferredPort = check ? 0 : 7717 }, stop.Token);
    narrator.Done($"Keyholder at {demo.Issuer}, demo upstream at {demo.UpstreamUrl}, data in {Path.GetRelativePath(".", folder)}");

    using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
    limit.CancelAfter(TimeSpan.FromMinutes(1));
    await new Story(demo.Resource("whoami"), demo.Username, demo.Password, narrator).TellAsync(limit.Token);
    if (check)
    {
        Console.WriteLine("Every step did what it promises.");
        return 0;
    }

    Console.WriteLine(Closing.Text(demo));
    var stopped = new TaskCompletionSource();
    await using var registration = stop.Token.Register(stopped.SetResult);
    await stopped.Task;
    return 0;
}
#pragma warning disable CA1031 // Whatever went wrong, the step it happened in is what the reader needs.
catch (Exception e)
#pragma warning restore CA1031
{
    Console.Error.WriteLine(stop.IsCancellationRequested ? "Stopped." : $"The step \"{narrator.Current}\" failed: {e.Message}\n{running?.Keyholder.Output}");
    return 1;
}
finally
{
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }
}

void Stop(System.Runtime.InteropServices.PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
