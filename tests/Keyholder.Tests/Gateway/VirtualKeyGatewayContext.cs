using System.Globalization;
using System.Net;
using Keyholder.Audit;
using Keyholder.Mcp;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.VirtualKeys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Gateway;

/// <summary>Virtual keys at the gateway of the whole server. What is done to a key is done as another node would: beside this one's memory, told by the log.</summary>
public abstract class VirtualKeyGatewayContext : IAsyncLifetime
{
    private protected const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";
    private protected static readonly RequestOrigin Nowhere = new(null, null);
    private protected GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync(
        Answer, resource => resource.Name == "other" ? resource with { Tools = new ResourceTools(new ToolPolicy(null, new(["secret"])), new Dictionary<string, IReadOnlyList<string>>()) } : resource);

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected IVirtualKeyStore Store => Get<IVirtualKeyStore>();

    private protected VirtualKeyRegistry Registry => Get<VirtualKeyRegistry>();

    private protected GrantRegistry Grants => Get<GrantRegistry>();

    private protected static Task Answer(HttpContext context)
    {
        const string Tools = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo"},{"name":"secret"}],"cacheScope":"public"}}""";
        if (int.TryParse(context.Request.Headers["Mcp-Param-Status"], CultureInfo.InvariantCulture, out var status))
        {
            context.Response.StatusCode = status;
        }

        switch (context.Request.Headers["Mcp-Param-Form"].ToString())
        {
            case "events":
                context.Response.ContentType = "text/event-stream";
                return context.Response.WriteAsync($"id: 1\ndata: {Tools}\n\n");
            case "html":
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync("<p>secret</p>");
            case "coded":
                context.Response.ContentType = "application/json";
                context.Response.Headers.ContentEncoding = "br";
                return context.Response.WriteAsync(Tools);
            case "endless":
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(new string(' ', 17 * 1024 * 1024));
            default:
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(Tools);
        }
    }

    private protected T Get<T>()
        where T : notnull => _gateway.Host.Services.GetRequiredService<T>();

    private protected async Task<(VirtualKey Key, string Text)> CreateAsync(DateTimeOffset? expiresAt = null)
    {
        var (outcome, key, text) = await Registry.CreateAsync("agent", null, expiresAt, "system", Nowhere, default);
        outcome.ShouldBe(VirtualKeyWriteOutcome.Done);
        return (key, text!);
    }

    private protected async Task GrantAsync(VirtualKey key, string resource, params string[] tools)
    {
        (await Grants.PutAsync(key.Id, new Grant(resource, tools.Length == 0 ? null : tools), "system", Nowhere)).ShouldBe(GrantWriteOutcome.Done);
        await SoonAsync(() => Task.FromResult(Get<VirtualKeyAccesses>().TryGet(key.Id, out var access) && access?.FindGrant(resource) is null), false);
    }

    private protected Task DoAsync(string what, VirtualKey key)
    {
        var now = _gateway.Host.Time.GetUtcNow();
        return what switch
        {
            "deactivated" => VirtualKeyRegistry.UpdateAsync(Store, key.Id, new() { Active = false }, "system", Nowhere, now, default),
            "expired" => VirtualKeyRegistry.UpdateAsync(Store, key.Id, new() { ExpiresAt = new(now) }, "system", Nowhere, now, default),
            "grant taken back" => Grants.RemoveAsync(key.Id, "demo", "system", Nowhere),
            "rotated" => Registry.RotateAsync(key.Id, TimeSpan.Zero, "system", Nowhere, default),
            "deleted" => VirtualKeyRegistry.DeleteAsync(Store, key.Id, "system", Nowhere, now, default),
            "secret revoked" => RevokeAsync(new(RevocationTargetKind.Token, VirtualKeyTokenId.Of(key.Id, key.Generation)), quarantine: false),
            _ => RevokeAsync(new(RevocationTargetKind.VirtualKey, key.Id), what == "quarantined"),
        };
    }

    private protected async Task RevokeAsync(RevocationTarget target, bool quarantine)
    {
        var (planned, _) = RevocationPolicy.Plan(new(target) { Quarantine = quarantine }, Get<IResourceSource>().Current, _gateway.Host.Time.GetUtcNow());
        await Get<KillSwitch>().RevokeAsync(planned.ShouldNotBeNull(), "system", Nowhere);
    }

    private protected async Task<HttpStatusCode> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _gateway.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The log is followed on another thread: waits for it, and fails when it never says so.</summary>
    private protected static async Task SoonAsync<T>(Func<Task<T>> ask, T expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Equals(await ask(), expected))
        {
            patience.IsCancellationRequested.ShouldBeFalse($"It never became {expected}.");
            await Task.Yield();
        }
    }
}
