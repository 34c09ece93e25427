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
public sealed class VirtualKeyGatewayTests : IAsyncLifetime
{
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";
    private static readonly RequestOrigin Nowhere = new(null, null);
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync(
        Answer, resource => resource.Name == "other" ? resource with { Tools = new ResourceTools(new ToolPolicy(null, new(["secret"])), new Dictionary<string, IReadOnlyList<string>>()) } : resource);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_key_opens_what_it_is_granted_as_bearer_and_in_its_own_header_and_is_not_passed_on()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");

        (await SendAsync(GatewayFixture.Post(token: text))).ShouldBe(HttpStatusCode.OK);
        using var request = GatewayFixture.Post();
        request.Headers.Remove("Authorization");
        request.Headers.Add("X-Keyholder-Key", text);
        (await SendAsync(request)).ShouldBe(HttpStatusCode.OK);

        foreach (var seen in _gateway.Upstream.Requests)
        {
            seen.Headers.Keys.ShouldNotContain("X-Keyholder-Key");
            string.Join('\n', seen.Headers.Values).ShouldNotContain(text);
        }

        _gateway.Host.Logs.ToString().ShouldNotContain(text);
    }

    [Fact]
    public async Task A_key_without_a_grant_is_refused_and_so_is_one_at_another_resource()
    {
        var (key, text) = await CreateAsync();
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: text), HttpStatusCode.Forbidden, "gateway.key_not_granted");

        await GrantAsync(key, "demo");
        (await SendAsync(GatewayFixture.Post(token: text))).ShouldBe(HttpStatusCode.OK);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: text, path: "/mcp/other"), HttpStatusCode.Forbidden, "gateway.key_not_granted");
    }

    [Fact]
    public async Task A_resource_granted_to_all_is_open_and_a_grant_of_the_keys_own_with_fewer_tools_wins()
    {
        var (key, text) = await CreateAsync();
        await Grants.PutToAllAsync("demo", "system", Nowhere);
        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: text)), HttpStatusCode.OK);

        await GrantAsync(key, "demo", "other-tool");

        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: text)), HttpStatusCode.Forbidden);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: text), HttpStatusCode.Forbidden, "gateway.tool_not_granted");
    }

    [Theory]
    [InlineData("deactivated", HttpStatusCode.Forbidden, "gateway.key_inactive")]
    [InlineData("expired", HttpStatusCode.Forbidden, "gateway.key_expired")]
    [InlineData("grant taken back", HttpStatusCode.Forbidden, "gateway.key_not_granted")]
    [InlineData("rotated", HttpStatusCode.Unauthorized, "gateway.token_invalid")]
    [InlineData("deleted", HttpStatusCode.Unauthorized, "gateway.token_invalid")]
    [InlineData("revoked", HttpStatusCode.Unauthorized, "gateway.token_invalid")]
    [InlineData("quarantined", HttpStatusCode.Unauthorized, "gateway.token_invalid")]
    [InlineData("secret revoked", HttpStatusCode.Unauthorized, "gateway.token_invalid")]
    public async Task What_another_node_does_to_a_key_counts_here_at_once_with_an_answer_of_its_own(string what, HttpStatusCode status, string error)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        (await SendAsync(GatewayFixture.Post(token: text))).ShouldBe(HttpStatusCode.OK);

        await DoAsync(what, key);

        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: text)), status);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: text), status, error);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Bodiless(HttpMethod.Get, text), status, error);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Bodiless(HttpMethod.Delete, text), status, error);
    }

    [Theory]
    [InlineData(RevocationTargetKind.Resource)]
    [InlineData(RevocationTargetKind.Client)]
    public async Task A_key_that_was_cut_off_from_a_resource_stays_cut_off_until_its_secret_is_new(RevocationTargetKind kind)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        await RevokeAsync(new(kind, kind == RevocationTargetKind.Client ? "vk:" + key.Id : "demo"), quarantine: false);

        var later = _gateway.Host.Time.GetUtcNow().AddYears(1);
        Get<RevocationIndex>().RemoveExpired(later);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: text), HttpStatusCode.Unauthorized, "gateway.token_invalid");
        (await Get<IRevocationStore>().ReadAfterAsync(0, later, default)).ShouldContain(entry => entry.Revocation.Target.Kind == kind);

        _gateway.Host.Time.Advance(TimeSpan.FromSeconds(1));
        var (_, renewed) = await Registry.RotateAsync(key.Id, TimeSpan.Zero, "system", Nowhere, default);
        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: renewed!)), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_replaced_secret_works_until_the_overlap_ends_and_not_at_its_end()
    {
        var (key, first) = await CreateAsync();
        await GrantAsync(key, "demo");
        var (_, second) = await Registry.RotateAsync(key.Id, TimeSpan.FromMinutes(10), "system", Nowhere, default);

        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: second!)), HttpStatusCode.OK);
        (await SendAsync(GatewayFixture.Post(token: first))).ShouldBe(HttpStatusCode.OK);
        _gateway.Host.Time.Advance(TimeSpan.FromMinutes(10));
        (await SendAsync(GatewayFixture.Post(token: first))).ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(GatewayFixture.Post(token: second!))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_expires_at_its_moment_without_anyone_saying_so()
    {
        var (key, text) = await CreateAsync(_gateway.Host.Time.GetUtcNow().AddSeconds(5));
        await GrantAsync(key, "demo");
        (await SendAsync(GatewayFixture.Post(token: text))).ShouldBe(HttpStatusCode.OK);

        _gateway.Host.Time.Advance(TimeSpan.FromSeconds(5));

        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: text), HttpStatusCode.Forbidden, "gateway.key_expired");
    }

    [Fact]
    public async Task What_this_server_did_not_write_is_401_however_it_comes()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        var flipped = text[..^5] + (text[^5] == 'A' ? 'B' : 'A') + text[^4..];

        foreach (var bad in new[] { flipped, text[..^1], text + "A", "kh_vk_", text.Replace("kh_vk_", "kh_ad_", StringComparison.Ordinal) })
        {
            await _gateway.ShouldRefuseAsync(GatewayFixture.Post(token: bad), HttpStatusCode.Unauthorized, "gateway.token_invalid");
            using var request = GatewayFixture.Post();
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("X-Keyholder-Key", bad);
            await _gateway.ShouldRefuseAsync(request, HttpStatusCode.Unauthorized, "gateway.token_invalid");
        }
    }

    [Fact]
    public async Task Two_credentials_are_a_conflict_even_when_both_are_good()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");

        using var both = GatewayFixture.Post();
        both.Headers.Add("X-Keyholder-Key", text);
        await _gateway.ShouldRefuseAsync(both, HttpStatusCode.BadRequest, "gateway.credentials_conflict");
        using var twice = GatewayFixture.Post(token: text);
        twice.Headers.Add("X-Keyholder-Key", text);
        await _gateway.ShouldRefuseAsync(twice, HttpStatusCode.BadRequest, "gateway.credentials_conflict");
        using var query = GatewayFixture.Post(path: "/mcp/demo?access_token=x");
        query.Headers.Remove("Authorization");
        query.Headers.Add("X-Keyholder-Key", text);
        await _gateway.ShouldRefuseAsync(query, HttpStatusCode.BadRequest, "gateway.credentials_conflict");
    }

    [Fact]
    public async Task An_access_token_is_no_virtual_key()
    {
        using var request = GatewayFixture.Post();
        request.Headers.Remove("Authorization");
        request.Headers.Add("X-Keyholder-Key", ScriptedTokens.Person3);

        await _gateway.ShouldRefuseAsync(request, HttpStatusCode.Unauthorized, "gateway.token_invalid");
    }

    [Fact]
    public async Task A_tool_outside_the_grant_is_refused_in_both_generations_though_it_was_never_listed()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "allowed");

        using var legacy = await _gateway.SendAsync(GatewayFixture.Post(token: text));
        legacy.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await legacy.Content.ReadAsStringAsync()).ShouldStartWith("""{"jsonrpc":"2.0","id":1,"error":{"code":-32602,""");
        GatewayAnswer.Challenge(legacy).ShouldBeEmpty();
        using var modern = GatewayFixture.ModernPost();
        modern.Headers.Remove("Authorization");
        modern.Headers.Add("Authorization", "Bearer " + text);
        await _gateway.ShouldRefuseAsync(modern, HttpStatusCode.Forbidden, "gateway.tool_not_granted");

        await GrantAsync(key, "demo", "allowed", "echo");
        await SoonAsync(() => SendAsync(GatewayFixture.Post(token: text)), HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("json", """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo"}],"cacheScope":"private"}}""")]
    [InlineData("events", "id: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"echo\"}],\"cacheScope\":\"private\"}}\n\n")]
    public async Task Lists_hold_only_what_may_be_called_and_are_nobody_elses(string form, string expected)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        using var request = GatewayFixture.Post(List, text);
        request.Headers.Add("Mcp-Param-Form", form);

        using var answer = await _gateway.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).ShouldBe(expected);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl.ShouldNotBeNull().NoStore.ShouldBeTrue();
        answer.Content.Headers.ContentLength.ShouldBe(expected.Length);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("coded")]
    [InlineData("endless")]
    public async Task A_list_that_cannot_be_judged_is_not_passed_on(string form)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        using var request = GatewayFixture.Post(List, text);
        request.Headers.Add("Mcp-Param-Form", form);

        using var answer = await _gateway.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await GatewayAnswer.ErrorIdAsync(answer)).ShouldBe("gateway.upstream_invalid_response");
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", HttpStatusCode.NotFound)]
    [InlineData("DELETE", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.ServiceUnavailable)]
    public async Task An_answer_that_is_no_list_keeps_its_status_and_loses_what_cannot_be_judged(string method, HttpStatusCode status)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        foreach (var form in new[] { "html", "coded" })
        {
            using var request = method == "POST" ? GatewayFixture.Post(List, text) : GatewayFixture.Bodiless(new HttpMethod(method), text);
            request.Headers.Add("Mcp-Param-Form", form);
            request.Headers.Add("Mcp-Param-Status", ((int)status).ToString(CultureInfo.InvariantCulture));

            using var answer = await _gateway.SendAsync(request);

            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            answer.Content.Headers.ContentType.ShouldBeNull();
            answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.BadRequest)]
    public async Task A_list_where_none_is_expected_is_filtered_all_the_same(string method, HttpStatusCode status)
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo", "echo");
        using var request = method == "POST" ? GatewayFixture.Post(List, text) : GatewayFixture.Bodiless(new HttpMethod(method), text);
        request.Headers.Add("Mcp-Param-Status", ((int)status).ToString(CultureInfo.InvariantCulture));

        using var answer = await _gateway.SendAsync(request);

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo"}],"cacheScope":"private"}}""");
    }

    [Fact]
    public async Task An_unrestricted_key_gets_lists_byte_for_byte_and_a_denied_tool_is_closed_to_everybody()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        await GrantAsync(key, "other");

        using var whole = await _gateway.SendAsync(GatewayFixture.Post(List, text));
        (await whole.Content.ReadAsStringAsync()).ShouldContain("secret");
        using var denied = await _gateway.SendAsync(GatewayFixture.Post(List, ScriptedTokens.AliceAtOther, "/mcp/other"));
        (await denied.Content.ReadAsStringAsync()).ShouldNotContain("secret");
        var call = GatewayFixture.Call.Replace("echo", "secret", StringComparison.Ordinal);
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(call, text, "/mcp/other"), HttpStatusCode.Forbidden, "gateway.tool_not_granted");
        await _gateway.ShouldRefuseAsync(GatewayFixture.Post(call, ScriptedTokens.AliceAtOther, "/mcp/other"), HttpStatusCode.Forbidden, "gateway.tool_not_granted");
    }

    [Fact]
    public async Task A_tool_that_needs_a_scope_is_answered_with_one_challenge_naming_all_of_them()
    {
        await using var gateway = await GatewayFixture.StartAsync(configure: resource => resource with
        {
            Tools = new ResourceTools(ToolPolicy.Everything, new Dictionary<string, IReadOnlyList<string>> { ["echo"] = ["mcp:write", "mcp:admin"] }),
        });

        using var refused = await gateway.SendAsync(GatewayFixture.Post());
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await GatewayAnswer.ErrorIdAsync(refused)).ShouldBe("gateway.scope_insufficient");
        GatewayAnswer.Challenge(refused).ShouldContain("error=\"insufficient_scope\"");
        GatewayAnswer.Challenge(refused).ShouldContain("scope=\"mcp:read mcp:write mcp:admin\"");
        using var other = await gateway.SendAsync(GatewayFixture.Post(GatewayFixture.Call.Replace("echo", "add", StringComparison.Ordinal)));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_use_is_written_down_later_and_only_then()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        await SendAsync(GatewayFixture.Post(token: text));
        (await Store.FindAsync(key.Id, default)).ShouldNotBeNull().LastUsedAt.ShouldBeNull();

        await Get<VirtualKeyUses>().FlushAsync(default);

        (await Store.FindAsync(key.Id, default)).ShouldNotBeNull().LastUsedAt.ShouldBe(_gateway.Host.Time.GetUtcNow());
    }

    private IVirtualKeyStore Store => Get<IVirtualKeyStore>();

    private VirtualKeyRegistry Registry => Get<VirtualKeyRegistry>();

    private GrantRegistry Grants => Get<GrantRegistry>();

    private static Task Answer(HttpContext context)
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

    private T Get<T>()
        where T : notnull => _gateway.Host.Services.GetRequiredService<T>();

    private async Task<(VirtualKey Key, string Text)> CreateAsync(DateTimeOffset? expiresAt = null)
    {
        var (outcome, key, text) = await Registry.CreateAsync("agent", null, expiresAt, "system", Nowhere, default);
        outcome.ShouldBe(VirtualKeyWriteOutcome.Done);
        return (key, text!);
    }

    private async Task GrantAsync(VirtualKey key, string resource, params string[] tools)
    {
        (await Grants.PutAsync(key.Id, new Grant(resource, tools.Length == 0 ? null : tools), "system", Nowhere)).ShouldBe(GrantWriteOutcome.Done);
        await SoonAsync(() => Task.FromResult(Get<VirtualKeyAccesses>().TryGet(key.Id, out var access) && access?.FindGrant(resource) is null), false);
    }

    private Task DoAsync(string what, VirtualKey key)
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

    private async Task RevokeAsync(RevocationTarget target, bool quarantine)
    {
        var (planned, _) = RevocationPolicy.Plan(new(target) { Quarantine = quarantine }, Get<IResourceSource>().Current, _gateway.Host.Time.GetUtcNow());
        await Get<KillSwitch>().RevokeAsync(planned.ShouldNotBeNull(), "system", Nowhere);
    }

    private async Task<HttpStatusCode> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _gateway.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The log is followed on another thread: waits for it, and fails when it never says so.</summary>
    private static async Task SoonAsync<T>(Func<Task<T>> ask, T expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Equals(await ask(), expected))
        {
            patience.IsCancellationRequested.ShouldBeFalse($"It never became {expected}.");
            await Task.Yield();
        }
    }
}
