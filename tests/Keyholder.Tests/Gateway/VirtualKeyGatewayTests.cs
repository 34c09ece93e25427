using System.Net;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Gateway;

/// <summary>Virtual keys at the gateway: when one is accepted, and how a refusal is said.</summary>
public sealed class VirtualKeyGatewayTests : VirtualKeyGatewayContext
{
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
    public async Task A_use_is_written_down_later_and_only_then()
    {
        var (key, text) = await CreateAsync();
        await GrantAsync(key, "demo");
        await SendAsync(GatewayFixture.Post(token: text));
        (await Store.FindAsync(key.Id, default)).ShouldNotBeNull().LastUsedAt.ShouldBeNull();

        await Get<VirtualKeyUses>().FlushAsync(default);

        (await Store.FindAsync(key.Id, default)).ShouldNotBeNull().LastUsedAt.ShouldBe(_gateway.Host.Time.GetUtcNow());
    }
}
