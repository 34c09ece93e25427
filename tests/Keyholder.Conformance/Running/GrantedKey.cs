using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Walkthrough;
using Walkthrough.Servers;

namespace Keyholder.Conformance.Running;

/// <summary>
/// A server with a virtual key, whose grant for <c>whoami</c> changes over the API. The key has an account of its own there, and one at another provider that it has to
/// connect again.
/// </summary>
internal sealed class GrantedKey : IAsyncDisposable
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyholder-conformance-");
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private DemoEnvironment? _demo;
    private string _admin = "";
    private string _key = "";
    private string _keyId = "";
    private string _untouched = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DemoEnvironment Demo => _demo!;

    private GrantedKey()
    {
    }

    /// <summary>Starts the server and gives the key what it has.</summary>
    /// <param name="settings">Environment variables of the server, by where its files lie.</param>
    public static async Task<GrantedKey> StartAsync(Func<string, Dictionary<string, string>> settings)
    {
        var started = new GrantedKey();
        try
        {
            await started.StartAsync(settings(started._folder.FullName));
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Whether the key has its grant, when everything else agrees with that.</summary>
    public async Task<bool> ShouldBeConsistentAsync()
    {
        var grants = await GetAsync($"/api/virtual-keys/{_keyId}/grants");
        var granted = grants.GetProperty("grants").EnumerateArray().Any(grant => grant.GetProperty("resource").GetString() == "whoami");
        (await CallAsync("whoami")).ShouldBe(granted ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        var credentials = await CredentialsAsync();
        credentials.Select(credential => $"{credential.GetProperty("provider").GetString()} {credential.GetProperty("status").GetString()}")
            .ShouldBe([$"demo {(granted ? "active" : "orphaned")}", "second needs_reauth"]);
        credentials[1].GetRawText().ShouldBe(_untouched);
        return granted;
    }

    private async Task<List<JsonElement>> CredentialsAsync() =>
    [
        .. (await GetAsync($"/api/credentials?virtual_key_id={_keyId}")).GetProperty("credentials").EnumerateArray()
            .OrderBy(credential => credential.GetProperty("provider").GetString(), StringComparer.Ordinal),
    ];

    /// <summary>Changes the grant; false when the server did not live to say that it is done.</summary>
    public async Task<bool> ChangeAsync(bool grant, string resource = "whoami")
    {
        using var request = ApiRequest(grant ? HttpMethod.Put : HttpMethod.Delete, $"/api/virtual-keys/{_keyId}/grants/{resource}");
        if (grant)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(request, Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <summary>Ends the server as a crash would; it has ended when this returns.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(Demo.Keyholder.Id);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Starts the server again, and asks the database meanwhile whether anything is left to do.</summary>
    public async Task RestartAsync()
    {
        var plan = Demo.RunAsync(["reconcile", "--plan"], Cancellation);
        await Demo.KillAndRestartAsync(() => Task.CompletedTask, Cancellation);
        (await plan).ShouldBeEmpty();
    }

    private async Task StartAsync(Dictionary<string, string> settings)
    {
        _demo = await DemoEnvironment.StartAsync(new DemoEnvironmentOptions { DataFolder = _folder.FullName, Settings = settings }, Cancellation);
        await ConfigureAsync("demo-client");
        _admin = LastWord(await Demo.RunAsync(["admin", "token", "create", "test"], Cancellation));
        _key = LastWord(await Demo.RunAsync(["vk", "create", "agent"], Cancellation));
        _keyId = (await GetAsync("/api/virtual-keys")).GetProperty("virtual_keys")[0].GetProperty("id").GetString()!;
        foreach (var resource in new[] { "whoami", "side" })
        {
            (await ChangeAsync(grant: true, resource)).ShouldBeTrue();
            await PlainClient.AuthorizeWithKeyAsync(Demo, Demo.Resource(resource), _key, Cancellation);
        }

        // Another client id at its provider asks everybody to connect again.
        await ConfigureAsync("another-client");
        _untouched = (await CredentialsAsync())[1].GetRawText();
        (await ChangeAsync(grant: false, "side")).ShouldBeTrue();
        (await ShouldBeConsistentAsync()).ShouldBeTrue();
    }

    /// <summary>Restarts the server with a second provider, at the same upstream, that knows Keyholder under <paramref name="clientId"/>, and a resource that wants it.</summary>
    private Task ConfigureAsync(string clientId) => Demo.KillAndRestartAsync(
        async () =>
        {
            var path = Path.Combine(_folder.FullName, "keyholder.json");
            var file = JsonNode.Parse(await File.ReadAllTextAsync(path, Cancellation))!;
            var second = file["providers"]!["demo"]!.DeepClone();
            second["clientId"] = clientId;
            var side = file["resources"]!["whoami"]!.DeepClone();
            side["provider"] = "second";
            (file["providers"]!["second"], file["resources"]!["side"]) = (second, side);
            await File.WriteAllTextAsync(path, file.ToJsonString(), Cancellation);
        },
        Cancellation);

    private async Task<HttpStatusCode> CallAsync(string resource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Demo.Resource(resource)) { Content = new StringContent(Initialize, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await _http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var request = ApiRequest(HttpMethod.Get, path);
        using var response = await _http.SendAsync(request, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private HttpRequestMessage ApiRequest(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Demo.Issuer, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _admin);
        return request;
    }

    private static string LastWord(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
}
