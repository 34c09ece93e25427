using System.Security.Cryptography;

namespace Walkthrough.Servers;

/// <summary>Keyholder and its demo upstream as two processes on loopback, with one user who can sign in.</summary>
public sealed class DemoEnvironment : IAsyncDisposable
{
    private readonly ServerProcess _upstream;
    private readonly ServerProcess _keyholder;

    private DemoEnvironment(ServerProcess upstream, ServerProcess keyholder, Uri issuer, Uri upstreamUrl, string username, string password)
    {
        _upstream = upstream;
        _keyholder = keyholder;
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
    public ServerProcess Keyholder => _keyholder;

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
        var configuration = Path.Combine(options.DataFolder, "keyholder.json");
        await File.WriteAllTextAsync(configuration, DemoConfiguration.Write(options, issuer, upstreamUrl), cancellationToken);

        var upstream = await ServerProcess.StartAsync(
            Binary("DemoUpstream"), ["--urls", upstreamUrl.GetLeftPart(UriPartial.Authority)], [], new Uri(upstreamUrl, "/control"), cancellationToken);
        try
        {
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            const string Username = "demo";
            await ServerProcess.RunAsync(Binary("Keyholder.Server", "keyholder"), ["user", "add", Username, "--password-stdin", "--config", configuration], password, cancellationToken);
            var keyholder = await ServerProcess.StartAsync(
                Binary("Keyholder.Server", "keyholder"), ["serve", "--config", configuration], [], new Uri(issuer, "/healthz/ready"), cancellationToken);
            return new DemoEnvironment(upstream, keyholder, issuer, upstreamUrl, Username, password);
        }
        catch
        {
            await upstream.DisposeAsync();
            throw;
        }
    }

    /// <summary>The path of a binary that was built beside this one.</summary>
    public static string Binary(string project, string? name = null) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), name ?? project));

    /// <summary>Ends both servers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _keyholder.DisposeAsync();
        await _upstream.DisposeAsync();
    }
}
