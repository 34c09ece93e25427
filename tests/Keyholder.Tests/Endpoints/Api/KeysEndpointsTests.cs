using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class KeysEndpointsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-api-keys-");
    private ApiHost _host = null!;
    private string _token = "";

    private string KeyFile => Path.Combine(_directory.FullName, "vault.key");

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(configure: defaults => defaults with { Vault = new() { KeyFile = KeyFile } });
        _token = await _host.AdminTokenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_key_is_added_seals_takes_over_and_lets_the_old_one_retire_and_no_answer_shows_a_key()
    {
        var old = Ids().ShouldHaveSingleItem();
        var added = await _host.SendAsync(HttpMethod.Post, "/api/keys", _token, """{"delay":"20s"}""");
        added.Status.ShouldBe(HttpStatusCode.Created, added.Body);
        var fresh = added.Json.GetProperty("id").GetString().ShouldNotBeNull();
        added.Json.GetProperty("seals_from").GetDateTimeOffset().ShouldBe(_host.Now.AddSeconds(20));
        Ids().ShouldBe([old, fresh]);
        (await StatesAsync()).ShouldBe([$"{old} seals", $"{fresh} pending"]);
        (await ErrorAsync(HttpMethod.Post, "/api/keys", "{}")).ShouldBe("api.key_pending");
        (await ErrorAsync(HttpMethod.Delete, "/api/keys/" + old)).ShouldBe("api.key_in_use");

        _host.Server.Time.Advance(TimeSpan.FromSeconds(25));
        (await ErrorAsync(HttpMethod.Delete, "/api/keys/" + old)).ShouldBe("api.keys_settling");
        _host.Server.Time.Advance(TimeSpan.FromMinutes(2));
        while (await _host.Get<ISealedRowStore>().AnyAsync(_host.Get<VaultKeySource>().Current.FindMark(old)!, default))
        {
            await Task.Yield();
        }

        // The clock leapt: for the others, this server was gone and has only just come back.
        _host.Server.Time.Advance(RetirePolicy.Settling);
        (await StatesAsync()).ShouldBe([$"{old} opens", $"{fresh} seals"]);
        (await _host.GetAsync("/api/keys", _token)).Json.GetProperty("keys")[1].GetProperty("sealed").GetProperty("signing_key").GetInt64().ShouldBe(1);
        (await _host.SendAsync(HttpMethod.Delete, "/api/keys/" + old, _token)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await ErrorAsync(HttpMethod.Delete, "/api/keys/" + old)).ShouldBe("api.key_unknown");
        Ids().ShouldBe([fresh]);
        var audited = (await _host.Get<IAuditStore>().ListAsync(100, default)).Where(e => e.Actor == "admin_token:test").ToList();
        audited.Select(e => e.Action).ShouldBe([AuditActions.VaultKeyRetired, AuditActions.VaultKeyAdded]);
        audited.ShouldAllBe(e => e.RemoteAddress == "192.0.2.7" && e.RequestId != null);
        var secret = (await File.ReadAllLinesAsync(KeyFile, TestContext.Current.CancellationToken)).Single(line => line.StartsWith(fresh, StringComparison.Ordinal)).Split(':')[1].Split(' ')[0];
        (await _host.GetAsync("/api/keys", _token)).Body.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_key_that_another_server_does_not_open_is_held_back_until_it_does_and_a_server_that_lacks_one_in_use_is_not_ready()
    {
        var nodes = _host.Get<IVaultKeyNodeStore>();
        var old = _host.Get<VaultKeySource>().Current.Prints[0];
        await OtherReportsAsync([old]);
        (await _host.SendAsync(HttpMethod.Post, "/api/keys", _token, """{"delay":"20s"}""")).Status.ShouldBe(HttpStatusCode.Created);
        var fresh = _host.Get<VaultKeySource>().Current.Prints[1];

        for (var i = 0; i < 6; i++)
        {
            _host.Server.Time.Advance(TimeSpan.FromSeconds(5));
            await OtherReportsAsync([old]);
            await _host.Get<SealingAgreement>().ReportAsync(default);
        }

        (await StatesAsync()).ShouldBe([$"{VaultKeyRing.IdOf(old)} seals", $"{VaultKeyRing.IdOf(fresh)} held_back"]);
        (await _host.GetAsync("/api/keys", _token)).Json.GetProperty("keys")[1].GetProperty("waits_for")[0].GetString().ShouldBe("elsewhere");
        (await ErrorAsync(HttpMethod.Post, "/api/keys", "{}")).ShouldBe("api.key_pending");
        (await ErrorAsync(HttpMethod.Delete, "/api/keys/" + VaultKeyRing.IdOf(old))).ShouldBe("api.key_in_use");
        (await _host.Get<ISealedRowStore>().AnyAsync(_host.Get<VaultKeySource>().Current.FindMark(VaultKeyRing.IdOf(fresh))!, default)).ShouldBeFalse();

        await OtherReportsAsync([old, fresh]);
        await _host.Get<SealingAgreement>().ReportAsync(default);
        (await StatesAsync()).ShouldBe([$"{VaultKeyRing.IdOf(old)} opens", $"{VaultKeyRing.IdOf(fresh)} seals"]);

        // Somebody else has a key more, and then something is sealed with it.
        await OtherReportsAsync([old, fresh, "k9:0123456789abcdef"]);
        await _host.Get<SealingAgreement>().ReportAsync(default);
        (await ReadyAsync()).ShouldBe((HttpStatusCode.OK, "ready\n"));
        var strange = new EnvelopeSealer(VaultKeyRing.Parse("k9:" + new string('a', 64), [])!).Seal("secret"u8, default);
        await _host.Get<IServerSecretStore>().GetOrAddAsync("strange", strange, _host.Now, default);
        await _host.Get<SealingAgreement>().ReportAsync(default);
        (await ReadyAsync()).ShouldBe((HttpStatusCode.ServiceUnavailable, "vault key k9 is missing here: copy the key file of another server\n"));

        Task<VaultKeyStanding> OtherReportsAsync(string[] opens) =>
            nodes.ReportAsync(new("n2", "elsewhere", opens, [.. opens.Take(2).Reverse()], []), _host.Now.AddMinutes(1), _host.Now, default);

        async Task<(HttpStatusCode, string)> ReadyAsync()
        {
            var answer = await _host.GetAsync("/healthz/ready", null);
            return (answer.Status, answer.Body);
        }
    }

    [Fact]
    public async Task No_key_is_added_while_one_that_only_another_server_has_does_not_seal_yet()
    {
        var old = _host.Get<VaultKeySource>().Current.Prints[0];
        await OtherReportsAsync(["k0:0123456789abcdef", old, "k9:0123456789abcdef"]);
        (await ErrorAsync(HttpMethod.Post, "/api/keys", "{}")).ShouldBe("api.key_pending");
        Ids().ShouldBe([VaultKeyRing.IdOf(old)]);

        // A copy of the file from which a key was not retired yet.
        await OtherReportsAsync(["k0:0123456789abcdef", old]);
        (await _host.SendAsync(HttpMethod.Post, "/api/keys", _token, "{}")).Status.ShouldBe(HttpStatusCode.Created);
        Ids().Count.ShouldBe(2);

        Task<VaultKeyStanding> OtherReportsAsync(string[] opens) =>
            _host.Get<IVaultKeyNodeStore>().ReportAsync(new("n2", "elsewhere", opens, [.. opens.Reverse()], []), _host.Now.AddMinutes(1), _host.Now, default);
    }

    [Fact]
    public async Task A_key_that_was_added_is_answered_even_if_the_other_servers_cannot_be_told()
    {
        await _host.Get<SealingAgreement>().DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => _host.Get<SealingAgreement>().ReportAsync(default));

        var added = await _host.SendAsync(HttpMethod.Post, "/api/keys", _token, "{}");

        added.Status.ShouldBe(HttpStatusCode.Created, added.Body);
        added.Json.GetProperty("id").GetString().ShouldBe(Ids()[1]);
    }

    [Fact]
    public async Task Everything_sealed_is_verified_and_what_does_not_open_is_named()
    {
        var id = Ids()[0];
        var whole = await _host.SendAsync(HttpMethod.Post, "/api/keys/verify", _token);
        whole.Status.ShouldBe(HttpStatusCode.OK, whole.Body);
        whole.Json.GetProperty("failed").GetInt64().ShouldBe(0);
        whole.Json.GetProperty("opened").EnumerateArray().Select(opened => opened.ToString())
            .ShouldBe([$$"""{"kind":"server_secret","key":"{{id}}","count":1}""", $$"""{"kind":"signing_key","key":"{{id}}","count":1}"""]);

        var secrets = _host.Get<IServerSecretStore>();
        var strange = new EnvelopeSealer(VaultKeyRing.Parse("x:" + new string('a', 64), [])!).Seal("secret"u8, default);
        await secrets.GetOrAddAsync("strange", strange, _host.Now, default);
        await secrets.GetOrAddAsync("short", [1, 2], _host.Now, default);
        await secrets.GetOrAddAsync("moved", await secrets.GetOrAddAsync("root", [], _host.Now, default), _host.Now, default);

        var broken = await _host.SendAsync(HttpMethod.Post, "/api/keys/verify", _token);
        broken.Status.ShouldBe(HttpStatusCode.OK);
        broken.Json.GetProperty("failed").GetInt64().ShouldBe(3);
        broken.Json.GetProperty("failures").EnumerateArray().Select(f => $"{f.GetProperty("kind")} {f.GetProperty("row")} {f.GetProperty("reason")}")
            .ShouldBe(["server_secret strange unknown_key", "server_secret short malformed", "server_secret moved tampered"], ignoreOrder: true);
        broken.Json.GetProperty("opened").EnumerateArray().Sum(opened => opened.GetProperty("count").GetInt64()).ShouldBe(2);
        (await ErrorAsync(HttpMethod.Post, "/api/keys/verify?kind=credential")).ShouldBe("api.parameter_invalid");
    }

    [Theory]
    [InlineData("""{"delay":"1s"}""", "api.parameter_invalid")]
    [InlineData("""{"delay":"soon"}""", "api.parameter_invalid")]
    [InlineData("""{"delay":60}""", "api.parameter_invalid")]
    [InlineData("""{"wait":"1m"}""", "api.body_invalid")]
    [InlineData("""[]""", "api.body_invalid")]
    public async Task A_request_that_asks_wrongly_adds_no_key(string body, string error)
    {
        (await ErrorAsync(HttpMethod.Post, "/api/keys", body)).ShouldBe(error);

        Ids().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_administrators_see_and_change_keys()
    {
        var user = await _host.AddUserAsync("person1");
        var token = await _host.TokenAsync(user, ApiResource.SessionsScope);

        (await _host.GetAsync("/api/keys", token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.SendAsync(HttpMethod.Post, "/api/keys", token, "{}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.SendAsync(HttpMethod.Delete, "/api/keys/" + Ids()[0], token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.SendAsync(HttpMethod.Post, "/api/keys/verify", token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.GetAsync("/api/keys", null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        Ids().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Keys_of_the_configuration_are_shown_and_not_changed()
    {
        await using var host = await ApiHost.StartAsync(configure: defaults => defaults with { Vault = new() { Keys = ["a:" + new string('1', 64), "b:" + new string('2', 64)] } });
        var token = await host.AdminTokenAsync();

        (await host.SendAsync(HttpMethod.Post, "/api/keys", token, "{}")).Body.ShouldContain("api.keys_configured");
        host.Server.Time.Advance(RetirePolicy.Settling);
        (await host.SendAsync(HttpMethod.Delete, "/api/keys/a", token)).Body.ShouldContain("api.keys_configured");
        (await host.GetAsync("/api/keys", token)).Body.ShouldNotContain("1111");
    }

    private IReadOnlyList<string> Ids() => VaultKeyFile.Load(KeyFile, []).ShouldNotBeNull().KeyIds;

    private async Task<List<string>> StatesAsync() =>
        [.. (await _host.GetAsync("/api/keys", _token)).Json.GetProperty("keys").EnumerateArray().Select(key => $"{key.GetProperty("id").GetString()} {key.GetProperty("state").GetString()}")];

    private async Task<string?> ErrorAsync(HttpMethod method, string path, string? json = null) =>
        (await _host.SendAsync(method, path, _token, json)).Json.GetProperty("error_id").GetString();
}
