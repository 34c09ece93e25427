using System.Net;
using System.Text.Json;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Tests.Authorization;

namespace Keyholder.Tests.Endpoints.Authorization.Device;

/// <summary>A machine without a browser: asks for its codes, and polls.</summary>
internal sealed class TestDevice(AuthorizationHost host)
{
    public const string ClientId = "tv";

    /// <summary>A public client anybody may have registered, without any redirect URI.</summary>
    public static Client Client { get; } = AuthorizationSamples.App with
    {
        Id = ClientId,
        Name = "Example TV",
        RedirectUris = [],
        GrantTypes = [GrantTypes.DeviceCode, GrantTypes.RefreshToken],
    };

    public string DeviceCode { get; private set; } = "";

    public string UserCode { get; private set; } = "";

    /// <summary>A server that knows the client, and a device that has its codes.</summary>
    public static async Task<(AuthorizationHost Host, TestDevice Device)> StartAsync(Keyholder.Authorization.AuthorizationOptions? options = null, string resource = AuthorizationHost.NotesUri, string scope = "notes:read")
    {
        var host = await AuthorizationHost.StartAsync(options);
        host.Clients[ClientId] = Client;
        host.Clients["radio"] = Client with { Id = "radio" };
        var device = new TestDevice(host);
        await device.BeginAsync(resource, scope);
        return (host, device);
    }

    public async Task BeginAsync(string resource = AuthorizationHost.NotesUri, string scope = "notes:read")
    {
        var answer = await AskAsync(("resource", resource), ("scope", scope));
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        using var json = JsonDocument.Parse(answer.Body);
        DeviceCode = json.RootElement.GetProperty("device_code").GetString()!;
        UserCode = json.RootElement.GetProperty("user_code").GetString()!;
    }

    /// <summary>POSTs to the device authorization endpoint.</summary>
    public Task<TokenAnswer> AskAsync(params (string Name, string? Value)[] form) => PostAsync("/device_authorization", form, ("client_id", ClientId));

    public Task<TokenAnswer> PollAsync(string? code = null, string client = ClientId, string? resource = null) => PostAsync(
        "/token", [("grant_type", GrantTypes.DeviceCode), ("device_code", code ?? DeviceCode), ("client_id", client), ("resource", resource)]);

    public Task<TokenAnswer> RefreshAsync(string refreshToken) => PostAsync(
        "/token", [("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_id", ClientId)]);

    /// <summary>Enters the code in a browser and stops at the sign-in or consent page.</summary>
    public async Task<Page> EnterAsync(Browser browser, string? code = null) =>
        await browser.SubmitAsync(await browser.GetAsync("/device"), ("user_code", code ?? UserCode));

    /// <summary>A person does it all.</summary>
    public async Task<Page> ApproveAsync(Browser browser)
    {
        var page = await EnterAsync(browser);
        page = page.Title.StartsWith("Sign in", StringComparison.Ordinal) ? await browser.SignInAsync(page) : page;
        return await browser.ApproveAsync(page);
    }

    public async Task<TokenAnswer> PostAsync(string path, (string Name, string? Value)[] form, params (string Name, string? Value)[] defaults)
    {
        var pairs = defaults.Where(pair => form.All(given => given.Name != pair.Name)).Concat(form).Where(pair => pair.Value is not null);
        using var content = new FormUrlEncodedContent(pairs.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var http = host.Server.CreateClient();
        using var response = await http.PostAsync(path, content);
        var headers = response.Headers.Concat(response.Content.Headers).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");
        return new TokenAnswer(response.StatusCode, string.Join('\n', headers), await response.Content.ReadAsStringAsync());
    }
}
