using DemoUpstream.Api;
using DemoUpstream.Control;
using DemoUpstream.Mcp;
using DemoUpstream.Provider;

namespace DemoUpstream;

/// <summary>A running demo upstream: MCP server, HTTP API and OAuth provider on one address.</summary>
public sealed class DemoUpstreamApp : IAsyncDisposable
{
    private readonly WebApplication _web;

    private DemoUpstreamApp(WebApplication web) => _web = web;

    /// <summary>Where it listens; also its issuer unless the options name another. No trailing slash.</summary>
    public string BaseAddress => _web.Services.GetRequiredService<PublicAddress>().Value;

    /// <summary>The switches in force. Assign a changed copy; it counts from the next request on.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public DemoUpstreamSwitches Switches
    {
        get => _web.Services.GetRequiredService<SwitchBoard>().Current;
        set
        {
            ThrowIfAny(value.Validate(), nameof(value));
            _web.Services.GetRequiredService<SwitchBoard>().Current = value;
        }
    }

    public DemoCounters Counters => _web.Services.GetRequiredService<DemoCounters>();

    /// <summary>Starts on a free port of 127.0.0.1, silently, for a test.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public static Task<DemoUpstreamApp> StartAsync(DemoUpstreamOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, SystemClock, cancellationToken);

    /// <inheritdoc cref="StartAsync(DemoUpstreamOptions, CancellationToken)"/>
    public static async Task<DemoUpstreamApp> StartAsync(DemoUpstreamOptions options, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = Build(builder, options, clock);
        await app._web.StartAsync(cancellationToken);
        return app;
    }

    /// <summary>Makes every access token that is out invalid at once.</summary>
    public void ExpireAccessTokens() => _web.Services.GetRequiredService<GrantStore>().ExpireAccessTokens();

    /// <summary>Makes every refresh token that is out unknown at once.</summary>
    public void RevokeRefreshTokens() => _web.Services.GetRequiredService<GrantStore>().RevokeRefreshTokens();

    /// <summary>Ends every MCP session of the versions up to 2025-11-25 and cuts its streams.</summary>
    public Task EndSessionsAsync() => _web.Services.GetRequiredService<LegacySessionStore>().EndAllAsync();

    /// <summary>Sends <c>notifications/tools/list_changed</c> on every stream that listens for it.</summary>
    public void AnnounceTools() => _web.Services.GetRequiredService<AnnouncedTools>().Announce();

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    internal static TimeProvider SystemClock
    {
#pragma warning disable RS0030 // The composition root names the system clock.
        get => TimeProvider.System;
#pragma warning restore RS0030
    }

    internal static DemoUpstreamApp Build(WebApplicationBuilder builder, DemoUpstreamOptions options, TimeProvider clock)
    {
        ThrowIfAny(options.Validate(), nameof(options));
        AddServices(builder.Services, options, clock);

        var web = builder.Build();
        web.UseHostFiltering();
        web.Services.GetRequiredService<MetadataEndpoints>().Map(web);
        web.Services.GetRequiredService<AuthorizeEndpoint>().Map(web);
        web.Services.GetRequiredService<TokenEndpoint>().Map(web);
        web.Services.GetRequiredService<AccountEndpoints>().Map(web);
        if (options.DynamicRegistration) web.Services.GetRequiredService<RegistrationEndpoint>().Map(web);
        web.Services.GetRequiredService<ApiEndpoints>().Map(web);
        web.Services.GetRequiredService<McpEndpoints>().Map(web);
        web.Services.GetRequiredService<ControlEndpoints>().Map(web);
        return new DemoUpstreamApp(web);
    }

    internal Task RunAsync() => _web.RunAsync();

    private static void AddServices(IServiceCollection services, DemoUpstreamOptions options, TimeProvider clock) => services
        .Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1))
        .AddHostFiltering(filter => filter.AllowedHosts = AllowedHosts(options))
        .AddSingleton(clock)
        .AddSingleton(options)
        .AddSingleton<PublicAddress>()
        .AddSingleton(new SwitchBoard(options.Switches))
        .AddSingleton<DemoCounters>()
        .AddSingleton<ControlEndpoints>()
        .AddSingleton<GrantStore>()
        .AddSingleton<ClientRegistry>()
        .AddSingleton<IdTokenIssuer>()
        .AddSingleton<TokenResponse>()
        .AddSingleton<MetadataEndpoints>()
        .AddSingleton<AuthorizeEndpoint>()
        .AddSingleton<TokenEndpoint>()
        .AddSingleton<AccountEndpoints>()
        .AddSingleton<RegistrationEndpoint>()
        .AddSingleton<CredentialCheck>()
        .AddSingleton<ApiGate>()
        .AddSingleton<ApiEndpoints>()
        .AddSingleton(new AnnouncedTools(new DemoTools(clock).All()))
        .AddSingleton(provider => DemoCapabilities.Create(provider.GetRequiredService<AnnouncedTools>(), options))
        .AddSingleton<LegacySessionStore>()
        .AddSingleton<LegacyTransport>()
        .AddSingleton<ModernTransport>()
        .AddSingleton<McpEndpoints>();

    /// <summary>A name that is not ours in the Host header is someone else's page, rebound to this address.</summary>
    private static List<string> AllowedHosts(DemoUpstreamOptions options) =>
        options.PublicUrl is { } url ? ["localhost", "127.0.0.1", "[::1]", new Uri(url).Host] : ["localhost", "127.0.0.1", "[::1]"];

    private static void ThrowIfAny(IReadOnlyList<string> errors, string parameter)
    {
        if (errors.Count > 0) throw new ArgumentException(string.Join(' ', errors), parameter);
    }
}
