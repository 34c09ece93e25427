using System.Net;
using Keyholder.OAuth;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Testing;

/// <summary>
/// The whole server in memory: real Kestrel over pipes, in-memory SQLite, a clock that moves only when told to, every log line kept.
/// <code>
/// await using var host = await KeyholderHost.StartAsync("""{ "resources": { "demo": { "upstream": "https://up.example/mcp", "auth": "none" } } }""");
/// var browser = host.CreateClient();
/// </code>
/// </summary>
internal sealed class KeyholderHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MemoryTransport _transport;

    private KeyholderHost(WebApplication app, MemoryTransport transport, ManualTimeProvider time, LogCapture logs)
    {
        _app = app;
        _transport = transport;
        Time = time;
        Logs = logs;
    }

    /// <summary>What a test starts from: the defaults, with storage in memory. A test's clock leaps further than any revocation log is read, so that alone makes nothing stale.</summary>
    public static KeyholderConfiguration Defaults { get; } = KeyholderConfiguration.Default with
    {
        Storage = new() { Kind = StorageKind.Memory },
        Revocation = new() { PollInterval = TimeSpan.FromHours(1), MaxStaleness = TimeSpan.FromDays(3650) },
    };

    public ManualTimeProvider Time { get; }

    public LogCapture Logs { get; }

    public IServiceProvider Services => _app.Services;

    public KeyholderConfiguration Configuration => Services.GetRequiredService<KeyholderConfiguration>();

    public Issuer Issuer => Configuration.Issuer;

    /// <summary>Starts a server as the configuration file <paramref name="json"/> describes it, with storage in memory.</summary>
    /// <param name="json">As an operator would write it, comments included.</param>
    /// <param name="services">Replaces services; the last registration wins.</param>
    /// <param name="time">The clock; a new one by default.</param>
    public static Task<KeyholderHost> StartAsync(string json, Action<IServiceCollection>? services = null, ManualTimeProvider? time = null)
    {
        var result = ConfigurationLoader.Parse(json, new Dictionary<string, string> { ["KEYHOLDER__storage__kind"] = "memory" });
        result.Problems.ShouldBeEmpty();
        return StartAsync(defaults => result.Configuration! with { Revocation = defaults.Revocation }, services, time);
    }

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Changes the <see cref="Defaults"/>.</param>
    /// <param name="services">Replaces services; the last registration wins.</param>
    /// <param name="time">The clock; a new one by default.</param>
    public static async Task<KeyholderHost> StartAsync(
        Func<KeyholderConfiguration, KeyholderConfiguration>? configure = null,
        Action<IServiceCollection>? services = null,
        ManualTimeProvider? time = null)
    {
        time ??= new ManualTimeProvider();
        var transport = new MemoryTransport();
        var logs = new LogCapture();
        var configuration = configure is null ? Defaults : configure(Defaults);
        var app = await KeyholderApp.BuildAsync(configuration, time, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.SetMinimumLevel(LogLevel.Trace);
            builder.Services.Configure<LoggerFilterOptions>(filter =>
            {
                filter.MinLevel = LogLevel.Trace;
                filter.Rules.Clear();
            });
            builder.Logging.AddProvider(logs);
            builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
            services?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return new KeyholderHost(app, transport, time, logs);
    }

    /// <summary>A browser or client of its own: own connections, own cookies, no redirects. Its base address is the issuer.</summary>
    /// <param name="remote">The address the server sees; loopback by default.</param>
    public HttpClient CreateClient(IPAddress? remote = null) => new(CreateBrowser(remote)) { BaseAddress = Issuer.Uri };

    /// <summary>The handler of <see cref="CreateClient"/>, for tests that look at the cookies.</summary>
    public BrowserCookies CreateBrowser(IPAddress? remote = null) => new(CreateHandler(remote));

    /// <summary>Connections to the server without any cookies.</summary>
    public SocketsHttpHandler CreateHandler(IPAddress? remote = null) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = (_, _) => new(Connect(remote)),
    };

    /// <summary>A bare connection, for requests that no client library would write.</summary>
    public Stream Connect(IPAddress? remote = null) => _transport.Connect(remote ?? IPAddress.Loopback);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
