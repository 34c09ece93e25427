using System.Net;
using System.Text.Json.Nodes;
using DemoUpstream;

namespace Keyholder.Tests.DemoUpstream;

/// <summary>A demo provider on its own clock, and the code flow of a client of it.</summary>
public abstract class DemoProviderContext : IAsyncLifetime
{
    private protected readonly ObservedClock _clock = new();
    private protected DemoUpstreamApp _app = null!;
    private protected DemoCodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await DemoUpstreamApp.StartAsync(new DemoUpstreamOptions { AccessTokenLifetime = TimeSpan.FromMinutes(5) }, _clock, TestContext.Current.CancellationToken);
        _flow = new DemoCodeFlow(_app);
    }

    public async ValueTask DisposeAsync()
    {
        _flow.Dispose();
        await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<JsonNode?> UserInfoAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo") { Headers = { { "Authorization", "Bearer " + token } } };
        var response = await _flow.Http.SendAsync(request);
        return response.StatusCode is HttpStatusCode.OK ? await DemoCodeFlow.JsonAsync(response) : null;
    }

    private protected static Dictionary<string, string> Callback(HttpResponseMessage response) => DemoCodeFlow.Callback(response);

    private protected static async Task<string?> ErrorAsync(HttpResponseMessage response) => (string?)(await DemoCodeFlow.JsonAsync(response))["error"];

    private protected static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
