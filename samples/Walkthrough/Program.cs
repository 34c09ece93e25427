using Walkthrough;

if (args.Length != 2 || !Uri.TryCreate(args[0], UriKind.Absolute, out var resource))
{
    Console.Error.WriteLine("usage: Walkthrough RESOURCE_URL USERNAME, the password in WALKTHROUGH_PASSWORD");
    return 2;
}

var narrator = new Narrator();
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
try
{
    var password = Environment.GetEnvironmentVariable("WALKTHROUGH_PASSWORD") ?? "";
    await new Story(resource, args[1], password, narrator).TellAsync(limit.Token);
    return 0;
}
#pragma warning disable CA1031 // Whatever went wrong, the step it happened in is what the reader needs.
catch (Exception e)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"The step \"{narrator.Current}\" failed: {e.Message}");
    return 1;
}
