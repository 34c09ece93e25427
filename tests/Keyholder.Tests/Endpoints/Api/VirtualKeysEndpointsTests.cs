using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class VirtualKeysEndpointsTests : IAsyncLifetime
{
    private const string Keys = "/api/virtual-keys";
    private ApiHost _host = null!;
    private string _admin = null!;

    public async ValueTask InitializeAsync()
    {
        var configured = ConfigurationLoader.Parse(
            """{ "resources": { "notes": { "upstream": "https://up.example/mcp", "auth": "none", "tools": { "allow": ["read", "list"] } }, "open": { "upstream": "https://up.example/mcp", "auth": "none", "grantToAllKeys": true } }, "virtualKeys": { "declared": { "grants": { "notes": {} } } } }""",
            new Dictionary<string, string> { ["KEYHOLDER__storage__kind"] = "memory" }).Configuration.ShouldNotBeNull();
        _host = await ApiHost.StartAsync(configure: defaults => defaults with { Resources = configured.Resources, VirtualKeys = configured.VirtualKeys });
        _admin = await _host.AdminTokenAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_key_is_in_the_answer_that_made_it_and_in_no_other()
    {
        var user = await _host.AddUserAsync("person1");
        var made = await SendAsync(HttpMethod.Post, Keys, $$"""{"name":"agent","user_id":"{{user.Id}}","expires_at":"2099-01-01T00:00:00Z"}""");

        made.Status.ShouldBe(HttpStatusCode.Created, made.Body);
        made.CacheControl.ShouldBe("no-store");
        var text = made.Json.GetProperty("key").GetString().ShouldNotBeNull();
        _host.Get<OpaqueTokenFormats>().VirtualKey.TryParse(text, out var parsed).ShouldBeTrue();
        made.Json.GetProperty("id").GetString().ShouldBe(parsed.SessionId.ToString());
        made.Json.GetProperty("status").GetString().ShouldBe("active");

        var shown = await _host.GetAsync($"{Keys}/{parsed.SessionId}", _admin);
        shown.Json.GetProperty("key").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        shown.Json.GetProperty("user_id").GetString().ShouldBe(user.Id);
        (await _host.GetAsync(Keys, _admin)).Body.ShouldNotContain(text);
        var audited = await _host.Get<IAuditTrail>().ListAsync(new AuditQuery { Action = AuditActions.VirtualKeyCreated, Limit = 2 }, default);
        var recorded = audited.Where(entry => entry.Event.Target == "vk:" + parsed.SessionId).ShouldHaveSingleItem().Event;
        (recorded.Actor, recorded.RemoteAddress).ShouldBe(("admin_token:test", "192.0.2.7"));
    }

    [Fact]
    public async Task A_key_is_changed_deactivated_rotated_and_deleted()
    {
        var (id, first) = await CreateAsync("agent");

        var changed = await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"name":"robot","expires_at":"2099-01-01T00:00:00Z","active":false}""");
        changed.Json.GetProperty("name").GetString().ShouldBe("robot");
        changed.Json.GetProperty("status").GetString().ShouldBe("inactive");
        (await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"expires_at":null,"active":true}""")).Json.GetProperty("status").GetString().ShouldBe("active");
        (await SendAsync(HttpMethod.Patch, $"{Keys}/{id}", """{"active":true}""")).Status.ShouldBe(HttpStatusCode.OK);

        var rotated = await SendAsync(HttpMethod.Post, $"{Keys}/{id}/rotate", """{"overlap":"10m"}""");
        rotated.Json.GetProperty("key").GetString().ShouldNotBeNull().ShouldNotBe(first);
        rotated.Json.GetProperty("previous_secret_expires_at").GetDateTimeOffset().ShouldBe(_host.Now.AddMinutes(10));
        (await SendAsync(HttpMethod.Post, $"{Keys}/{id}/rotate", "{}")).Json.GetProperty("previous_secret_expires_at").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        (await SendAsync(HttpMethod.Delete, $"{Keys}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Delete, $"{Keys}/{id}")).ErrorId.ShouldBe("api.virtual_key_unknown");
        (await _host.GetAsync($"{Keys}/{id}", _admin)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Pages_follow_one_another_in_name_order()
    {
        foreach (var name in new[] { "c", "a", "b" })
        {
            await CreateAsync(name);
        }

        var first = await _host.GetAsync(Keys + "?limit=2", _admin);
        Names(first).ShouldBe(["a", "b"]);
        var second = await _host.GetAsync($"{Keys}?limit=2&cursor={first.Json.GetProperty("next_cursor").GetString()}", _admin);
        Names(second).ShouldBe(["c", "declared"]);
        second.Json.GetProperty("next_cursor").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        static List<string?> Names(ApiAnswer page) => [.. page.Json.GetProperty("virtual_keys").EnumerateArray().Select(key => key.GetProperty("name").GetString())];
    }

    [Fact]
    public async Task Grants_are_put_shown_with_those_to_all_and_taken_back()
    {
        var (id, _) = await CreateAsync("agent");

        (await SendAsync(HttpMethod.Put, $"{Keys}/{id}/grants/notes", """{"tools":["read","list","read"]}""")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _host.GetAsync($"{Keys}/{id}/grants", _admin)).Body.ShouldBe(
            """{"grants":[{"resource":"notes","tools":["list","read"],"to_all":false},{"resource":"open","tools":null,"to_all":true}]}""");
        (await SendAsync(HttpMethod.Put, $"{Keys}/{id}/grants/open", """{"tools":[]}""")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Delete, $"{Keys}/{id}/grants/notes")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Delete, $"{Keys}/{id}/grants/notes")).ErrorId.ShouldBe("api.grant_unknown");
        (await _host.GetAsync($"{Keys}/{id}/grants", _admin)).Body.ShouldBe("""{"grants":[{"resource":"open","tools":[],"to_all":false}]}""");

        (await SendAsync(HttpMethod.Put, "/api/grants-to-all/notes")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _host.GetAsync("/api/grants-to-all", _admin)).Body.ShouldBe(
            """{"grants_to_all":[{"resource":"notes","configured":false},{"resource":"open","configured":true}]}""");
        (await SendAsync(HttpMethod.Delete, "/api/grants-to-all/notes")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Delete, "/api/grants-to-all/open")).ErrorId.ShouldBe("api.grant_configured");
    }

    [Theory]
    [InlineData("""{}""", "api.parameter_invalid", "name")]
    [InlineData("""{"name":"a name"}""", "api.parameter_invalid", "name")]
    [InlineData("""{"name":7}""", "api.parameter_invalid", "name")]
    [InlineData("""{"name":"agent"}""", "api.name_taken", "name")]
    [InlineData("""{"name":"x","user_id":"nobody"}""", "api.parameter_invalid", "user_id")]
    [InlineData("""{"name":"x","user_id":7}""", "api.parameter_invalid", "user_id")]
    [InlineData("""{"name":"x","expires_at":"2001-01-01T00:00:00Z"}""", "api.parameter_invalid", "expires_at")]
    [InlineData("""{"name":"x","expires_at":"soon"}""", "api.parameter_invalid", "expires_at")]
    [InlineData("""{"name":"x","active":false}""", "api.parameter_invalid", "active")]
    [InlineData("""{"name":"x","admin":true}""", "api.body_invalid", "")]
    [InlineData("""{"name":"x","name":"y"}""", "api.body_invalid", "")]
    [InlineData("""["x"]""", "api.body_invalid", "")]
    public async Task A_key_that_cannot_be_made_is_refused_naming_the_field_and_nothing_is_made(string body, string error, string field)
    {
        await CreateAsync("agent");

        var answer = await SendAsync(HttpMethod.Post, Keys, body);

        answer.ErrorId.ShouldBe(error);
        answer.Json.GetProperty("error_description").GetString().ShouldNotBeNull().ShouldStartWith(field);
        (await _host.Get<IVirtualKeyStore>().ListAsync(new VirtualKeyQuery { Limit = 9 }, default)).Select(key => key.Name).ShouldBe(["agent", "declared"]);
    }

    [Theory]
    [InlineData("PATCH", "", """{"name":""}""")]
    [InlineData("PATCH", "", """{"active":"yes"}""")]
    [InlineData("PATCH", "", """{"expires_at":"2001-01-01T00:00:00Z"}""")]
    [InlineData("POST", "/rotate", """{"overlap":"-10m"}""")]
    [InlineData("POST", "/rotate", """{"overlap":"31d"}""")]
    [InlineData("POST", "/rotate", """{"overlap":null}""")]
    [InlineData("PUT", "/grants/nowhere", """{}""")]
    [InlineData("PUT", "/grants/notes", """{"tools":"all"}""")]
    [InlineData("PUT", "/grants/notes", """{"tools":[7]}""")]
    [InlineData("PUT", "/grants/notes", """{"tools":[""]}""")]
    [InlineData("PUT", "/grants/notes", """{"tools":["read","write"]}""")]
    [InlineData("PUT", "/grants/notes", """{"tools":["a\u0000b"]}""")]
    public async Task What_cannot_be_done_to_a_key_is_400_and_changes_nothing(string method, string path, string body)
    {
        var (id, _) = await CreateAsync("agent");
        var before = await _host.Get<IGrantStore>().FindAccessAsync(id, default);

        var answer = await SendAsync(new HttpMethod(method), $"{Keys}/{id}{path}", body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Body);
        answer.ErrorId.ShouldBe("api.parameter_invalid");
        var after = await _host.Get<IGrantStore>().FindAccessAsync(id, default);
        System.Text.Json.JsonSerializer.Serialize(after).ShouldBe(System.Text.Json.JsonSerializer.Serialize(before));
    }

    [Theory]
    [InlineData("PATCH", "", """{"name":"other"}""")]
    [InlineData("PATCH", "", """{"expires_at":"2099-01-01T00:00:00Z","active":false}""")]
    [InlineData("DELETE", "", null)]
    [InlineData("PUT", "/grants/open", "{}")]
    [InlineData("PUT", "/grants/notes", """{"tools":[]}""")]
    [InlineData("DELETE", "/grants/notes", null)]
    public async Task What_the_configuration_declares_is_409_and_says_where_it_is_managed(string method, string path, string? body)
    {
        var key = (await _host.Get<IVirtualKeyStore>().FindByNameAsync("declared", default)).ShouldNotBeNull();

        var answer = await SendAsync(new HttpMethod(method), $"{Keys}/{key.Id}{path}", body);

        answer.Status.ShouldBe(HttpStatusCode.Conflict, answer.Body);
        answer.ErrorId.ShouldBe("api.virtual_key_declared");
        answer.Body.ShouldContain("virtualKeys");
        (await _host.Get<IGrantStore>().FindAccessAsync(key.Id, default)).ShouldNotBeNull().Grants.ShouldBe([new Grant("notes", null)]);
    }

    [Fact]
    public async Task A_declared_key_is_shown_as_such_and_can_be_rotated_and_switched_off_and_on()
    {
        var key = (await _host.Get<IVirtualKeyStore>().FindByNameAsync("declared", default)).ShouldNotBeNull();

        var shown = await _host.GetAsync($"{Keys}/{key.Id}", _admin);
        shown.Json.GetProperty("declared").GetBoolean().ShouldBeTrue();
        shown.Json.GetProperty("secret_revoked").GetBoolean().ShouldBeTrue();
        (await SendAsync(HttpMethod.Post, $"{Keys}/{key.Id}/rotate", "{}")).Json.GetProperty("key").GetString().ShouldNotBeNull().ShouldStartWith("kh_vk_");
        (await SendAsync(HttpMethod.Patch, $"{Keys}/{key.Id}", """{"active":false}""")).Json.GetProperty("status").GetString().ShouldBe("inactive");
        (await SendAsync(HttpMethod.Patch, $"{Keys}/{key.Id}", """{"active":true}""")).Json.GetProperty("status").GetString().ShouldBe("active");
        var (other, _) = await CreateAsync("agent");
        (await _host.GetAsync($"{Keys}/{other}", _admin)).Json.GetProperty("declared").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("GET", Keys)]
    [InlineData("POST", Keys)]
    [InlineData("GET", Keys + "/x")]
    [InlineData("PATCH", Keys + "/x")]
    [InlineData("DELETE", Keys + "/x")]
    [InlineData("POST", Keys + "/x/rotate")]
    [InlineData("GET", Keys + "/x/grants")]
    [InlineData("PUT", Keys + "/x/grants/notes")]
    [InlineData("DELETE", Keys + "/x/grants/notes")]
    [InlineData("GET", "/api/grants-to-all")]
    [InlineData("PUT", "/api/grants-to-all/notes")]
    [InlineData("DELETE", "/api/grants-to-all/notes")]
    public async Task Only_administrators_come_near_virtual_keys(string method, string path)
    {
        var user = await _host.TokenAsync(await _host.AddUserAsync("person1"), ApiResource.SessionsScope);

        (await _host.SendAsync(new HttpMethod(method), path, user, "{}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.SendAsync(new HttpMethod(method), path, null, "{}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var (_, key) = await CreateAsync("agent");
        (await _host.SendAsync(new HttpMethod(method), path, key, "{}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_unknown_is_404()
    {
        (await SendAsync(HttpMethod.Patch, Keys + "/x", "{}")).ErrorId.ShouldBe("api.virtual_key_unknown");
        (await SendAsync(HttpMethod.Post, Keys + "/x/rotate", "{}")).ErrorId.ShouldBe("api.virtual_key_unknown");
        (await SendAsync(HttpMethod.Get, Keys + "/x/grants")).ErrorId.ShouldBe("api.virtual_key_unknown");
        (await SendAsync(HttpMethod.Put, Keys + "/x/grants/notes", "{}")).ErrorId.ShouldBe("api.virtual_key_unknown");
        (await SendAsync(HttpMethod.Delete, "/api/grants-to-all/nowhere")).ErrorId.ShouldBe("api.grant_unknown");
        (await SendAsync(HttpMethod.Put, "/api/grants-to-all/nowhere")).ErrorId.ShouldBe("api.parameter_invalid");
    }

    private Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? json = null) => _host.SendAsync(method, path, _admin, json);

    private async Task<(string Id, string Key)> CreateAsync(string name)
    {
        var made = await SendAsync(HttpMethod.Post, Keys, $$"""{"name":"{{name}}"}""");
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body);
        return (made.Json.GetProperty("id").GetString()!, made.Json.GetProperty("key").GetString()!);
    }
}
