using System.Security.Cryptography;

namespace Walkthrough.Servers;

/// <summary>Keyholder and its demo upstream as two processes on loopback, with one user who can sign in.</summary>
public sealed class DemoEnvironment : IAsyncDisposable
{
    private readonly DemoEnvironmentOptions _options;
    private readonly ServerProcess _upstream;

    private DemoEnvironment(DemoEnvironmentOptions options, ServerProcess upstream, ServerProcess keyholder, Uri issuer, Uri upstreamUrl, string username, string password)
    {
        (_options, _upstream, Keyholder) = (options, upstream, keyholder);
        Issuer = issuer;
        UpstreamUrl = upstreamUrl;
        Username = username;
        Password = password;
    }

    /// <summary>Keyholder's address and issuer.</summary>
    public Uri Issuer { get; }

    /// <summary>The demo upstream's address.</summary>
    public Uri UpstreamUrl { get; }

    /// <summary>Who can sign in.</summary>
    public string Username { get; }

    /// <summary>With which password.</summary>
    public string Password { get; }

    /// <summary>The Keyholder process.</summary>
    public ServerProcess Keyholder { get; private set; }

    /// <summary>The URL of one of Keyholder's resources.</summary>
    public Uri Resource(string name) => new(Issuer, $"/mcp/{name}");

    /// <summary>Starts both servers.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">A server did not start; the message holds its output.</exception>
    public static async Task<DemoEnvironment> StartAsync(DemoEnvironmentOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataFolder);
        var issuer = new Uri($"http://localhost:{FreePort.Find(options.PreferredPort)}");
        var upstreamUrl = new Uri($"http://127.0.0.1:{FreePort.Find(options.PreferredPort == 0 ? 0 : options.PreferredPort + 1)}");
        await File.WriteAllTextAsync(ConfigurationOf(options), DemoConfiguration.Write(options, issuer, upstreamUrl), cancellationToken);

        var upstream = await ServerProcess.StartAsync(
            Binary("DemoUpstream"), ["--urls", upstreamUrl.GetLeftPart(UriPartial.Authority)], options.UpstreamSettings, new Uri(upstreamUrl, "/control"), cancellationToken);
        try
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            const string Username = "demo";
            await RunAsync(options, ["user", "add", Username, "--password-stdin"], password, cancellationToken);
            var keyholder = await ServeAsync(options, issuer, [], cancellationToken);
            return new DemoEnvironment(options, upstream, keyholder, issuer, upstreamUrl, Username, password);
        }
        catch
        {
            await upstream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another node on the same database, which has to be one that nodes can share. Whoever starts it ends it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="at">Where it shall listen, a loopback address that is free; null for any.</param>
    /// <returns>The process and where it listens; its issuer is <see cref="Issuer"/>, which the <c>Host</c> header has to name.</returns>
    public async Task<(ServerProcess Process, Uri Address)> StartAnotherAsync(CancellationToken cancellationToken, Uri? at = null)
    {
        var address = at ?? new Uri($"http://127.0.0.1:{FreePort.Find()}");
        KeyValuePair<string, string>[] own =
        [
            new("KEYHOLDER__server__publicUrl", Issuer.GetLeftPart(UriPartial.Authority)),
            new("KEYHOLDER__server__listen", $"[\"{address.GetLeftPart(UriPartial.Authority)}\"]"),
        ];
        return (await ServeAsync(_options, address, own, cancellationToken), address);
    }

    /// <summary>Kills the Keyholder process and starts it again.</summary>
    /// <param name="meanwhile">What happens while it is down.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task KillAndRestartAsync(Func<Task> meanwhile, CancellationToken cancellationToken)
    {
        await Keyholder.DisposeAsync();
        await meanwhile();
        Keyholder = await ServeAsync(_options, Issuer, [], cancellationToken);
    }

    /// <summary>Runs a <c>keyholder</c> command on the same configuration and gives back what it printed.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message holds its output.</exception>
    public Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) => RunAsync(_options, arguments, "", cancellationToken);

    /// <summary>Adds a person who can sign in.</summary>
    public Task AddUserAsync(string username, string password, CancellationToken cancellationToken) =>
        RunAsync(_options, ["user", "add", username, "--password-stdin"], password, cancellationToken);

    /// <summary>The path of a binary that was built beside this one.</summary>
    public static string Binary(string project, string? name = null) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), name ?? project));

    /// <summary>Ends both servers.</summary>
    public async ValueTask DisposeAsync()
    {
        await Keyholder.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private static string ConfigurationOf(DemoEnvironmentOptions options) => Path.Combine(options.DataFolder, "keyholder.json");

    private static Task<ServerProcess> ServeAsync(DemoEnvironmentOptions options, Uri address, IEnumerable<KeyValuePair<string, string>> own, CancellationToken cancellationToken) =>
        ServerProcess.StartAsync(
            Binary("Keyholder.Server", "keyholder"), ["serve", "--config", ConfigurationOf(options)], [.. options.Settings, .. own], new Uri(address, "/healthz/ready"), cancellationToken);

    private static Task<string> RunAsync(DemoEnvironmentOptions options, IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        ServerProcess.RunAsync(Binary("Keyholder.Server", "keyholder"), [.. arguments, "--config", ConfigurationOf(options)], options.Settings, input, cancellationToken);
}
