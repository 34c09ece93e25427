using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keyholder.Conformance.Running;
using Walkthrough;
using Walkthrough.Servers;

namespace Keyholder.Conformance;

/// <summary>
/// Three nodes on one PostgreSQL, people who use a resource of a provider that rotates refresh tokens and whose access tokens soon expire, and nodes that are
/// killed while they refresh. The provider forgives that a refresh token comes again after a crash, as those do that expect answers to get lost: one that does
/// not leaves nothing to recover from.
/// </summary>
public sealed class CredentialCrashTests : IAsyncLifetime
{
    private const int People = 6;
    private const int Strikes = 6;
    private const int KilledAtOnce = 2;
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RefreshBefore = TimeSpan.FromSeconds(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyholder-conformance-");
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Uri[] _nodes = new Uri[3];
    private readonly ServerProcess?[] _others = new ServerProcess?[3];
    private PostgresServer? _postgres;
    private DemoEnvironment? _demo;

#pragma warning disable RS0030 // Processes run on the real clock.
    private static TimeProvider Time => TimeProvider.System;
#pragma warning restore RS0030

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DemoEnvironment Demo => _demo!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await Postgres.StartAsync();
        _demo = await DemoEnvironment.StartAsync(
            new DemoEnvironmentOptions
            {
                DataFolder = _folder.FullName,
                UpstreamSettings = new Dictionary<string, string>
                {
                    ["Demo__AccessTokenLifetime"] = Lifetime.ToString("c", CultureInfo.InvariantCulture),
                    ["Demo__Switches__RotateRefreshTokens"] = "true",
                    ["Demo__Switches__RefreshReuseSeconds"] = "60",

                    // Long enough for a kill to come between what the provider did and what it answers.
                    ["Demo__Switches__TokenAnswerDelayMs"] = "700",
                },
                Settings = new Dictionary<string, string>
                {
                    ["KEYHOLDER__storage__kind"] = "postgres",
                    ["KEYHOLDER__storage__connectionString"] = _postgres.ConnectionString,
                    ["KEYHOLDER__vault__keyFile"] = Path.Combine(_folder.FullName, "vault.key"),
                    ["KEYHOLDER__upstream__refreshBefore"] = string.Create(CultureInfo.InvariantCulture, $"{RefreshBefore.TotalSeconds}s"),
                    ["KEYHOLDER__upstream__timeout"] = "2s",
                    ["KEYHOLDER__upstream__failureBackoff"] = "500ms",
                },
            },
            Cancellation);
        _nodes[0] = Demo.Issuer;
        for (var node = 1; node < _nodes.Length; node++)
        {
            (_others[node], _nodes[node]) = await Demo.StartAnotherAsync(Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var process in _others.OfType<ServerProcess>())
        {
            await process.DisposeAsync();
        }

        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Nodes_killed_while_they_refresh_lose_no_credential_and_refresh_none_twice()
    {
        var people = await Task.WhenAll(Enumerable.Range(1, People).Select(AuthorizeAsync));
        var refused = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var callers = people.SelectMany(token => Enumerable.Range(0, 2).Select(_ => Task.Run(() => CallUntilAsync(token, refused, stop.Token)))).ToList();

        for (var strike = 0; strike < Strikes; strike++)
        {
            await UntilTheProviderRefreshesAsync();
            var first = RandomNumberGenerator.GetInt32(_nodes.Length);
            await Task.WhenAll(Enumerable.Range(first, KilledAtOnce).Select(node => KillAndRestartAsync(node % _nodes.Length)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);

        refused.ShouldBeEmpty();
        foreach (var token in people)
        {
            foreach (var node in _nodes)
            {
                await ShouldWorkAgainAsync(node, token);
            }
        }

        await CheckRefreshesAsync();
    }

    /// <summary>Every credential was refreshed when it was about to expire and no sooner, by one node; again only after a crash.</summary>
    private async Task CheckRefreshesAsync()
    {
        var counters = await CountersAsync();
        counters.GetProperty("refreshTokenReuses").GetInt32().ShouldBe(0);
        counters.GetProperty("refreshTokenRepeats").GetInt32().ShouldBeInRange(1, Strikes * People);
        var refreshes = (await _http.GetFromJsonAsync<JsonElement>(new Uri(Demo.UpstreamUrl, "/control/refreshes"), Cancellation)).GetProperty("refreshes").EnumerateArray()
            .Select(r => (Authorization: r.GetProperty("authorization").GetInt32(), At: r.GetProperty("at").GetDateTimeOffset(), Repeated: r.GetProperty("repeated").GetBoolean()))
            .ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{refreshes.Count} refreshes, {refreshes.Count(r => r.Repeated)} of them after a crash");
        refreshes.Select(r => r.Authorization).Distinct().Count().ShouldBe(People);
        foreach (var ofOne in refreshes.Where(r => !r.Repeated).GroupBy(r => r.Authorization))
        {
            var times = ofOne.Select(r => r.At).Order().ToList();
            times.Zip(times.Skip(1), (before, after) => after - before).ShouldAllBe(gap => gap > Lifetime - RefreshBefore - TimeSpan.FromMilliseconds(500), $"authorization {ofOne.Key}");
        }
    }

    private async Task<JsonElement> CountersAsync() =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri(Demo.UpstreamUrl, "/control"), Cancellation)).GetProperty("counters");

    /// <summary>Returns when the provider has just rotated a refresh token and not yet said so.</summary>
    private async Task UntilTheProviderRefreshesAsync()
    {
        var before = (await CountersAsync()).GetProperty("refreshes").GetInt32();
        while ((await CountersAsync()).GetProperty("refreshes").GetInt32() == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Time, Cancellation);
        }
    }

    private async Task<string> AuthorizeAsync(int number)
    {
        var (name, password) = ($"person{number}", Convert.ToHexString(RandomNumberGenerator.GetBytes(12)));
        await Demo.AddUserAsync(name, password, Cancellation);
        return (await PlainClient.AuthorizeAsync(Demo, Demo.Resource("whoami"), name, password, Cancellation)).AccessToken;
    }

    private async Task KillAndRestartAsync(int node)
    {
        if (node == 0)
        {
            await Demo.KillAndRestartAsync(() => Task.CompletedTask, Cancellation);
        }
        else
        {
            await _others[node]!.DisposeAsync();
            (_others[node], _) = await Demo.StartAnotherAsync(Cancellation, _nodes[node]);
        }
    }

    private async Task CallUntilAsync(string token, ConcurrentBag<string> refused, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (status, text) = await CallAsync(_nodes[RandomNumberGenerator.GetInt32(_nodes.Length)], token);
            if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
            {
                refused.Add($"{status} {text}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(50, 150)), Time, Cancellation);
        }
    }

    private async Task ShouldWorkAgainAsync(Uri node, string token)
    {
        // A refresh that was interrupted is not begun again before its node must have given up.
        var (status, text) = await CallAsync(node, token);
        for (var attempt = 0; attempt < 200 && status != HttpStatusCode.OK; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), Time, Cancellation);
            (status, text) = await CallAsync(node, token);
        }

        status.ShouldBe(HttpStatusCode.OK, text);
    }

    /// <summary>The answer; no status when the node is down.</summary>
    private async Task<(HttpStatusCode? Status, string Text)> CallAsync(Uri node, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/mcp/whoami")) { Content = new StringContent(Initialize, Encoding.UTF8, "application/json") };
        request.Headers.Host = Demo.Issuer.Authority;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        try
        {
            using var response = await _http.SendAsync(request, Cancellation);
            return (response.StatusCode, response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !Cancellation.IsCancellationRequested)
        {
            return (null, e.Message);
        }
    }
}
