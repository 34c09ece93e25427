using System.Net;
using System.Text.Json.Nodes;
using DemoUpstream.Control;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.EndToEnd;

/// <summary>One resource's upstream refuses what the provider issues, another resource of the same provider does not.</summary>
public sealed class RefusedResourceTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = new UpstreamOptions().RefusalRetryInterval;
    private EndToEndHost _host = null!;
    private ConnectedClient _mail = null!;
    private ConnectedClient _files = null!;

    private long AtUpstream => _host.Upstream.Counters[DemoCounter.McpRequests];

    public async ValueTask InitializeAsync()
    {
        _host = await EndToEndHost.StartAsync();
        (_mail, _files) = (await _host.ConnectAsync("mail"), await _host.ConnectAsync("files"));
        (await _mail.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await _files.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task One_upstream_that_refuses_even_a_fresh_token_takes_no_other_resource_from_anybody()
    {
        await RefuseAsync();
        var (reached, refreshed) = (AtUpstream, _host.Upstream.Counters[DemoCounter.RefreshTokenRequests]);

        (await _files.WhoAmIAsync()).ShouldBe("demo-account-1");
        AtUpstream.ShouldBe(reached + 1);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _mail.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required")));

        AtUpstream.ShouldBe(reached + 1);
        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(refreshed);
        (await _host.FindCredentialAsync("person1")).ShouldNotBeNull().Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task The_link_leads_to_a_new_connection_and_the_very_same_call_succeeds()
    {
        await RefuseAsync();
        var before = (await _host.FindCredentialAsync("person1"))!;
        using var refused = await _mail.SendAsync(_mail.Call("whoami"));
        var link = new Uri((string)JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!["data"]!["url"]!);
        using var browser = _host.CreateBrowser();

        var away = await browser.ApproveAsync(await browser.SignInAsync(await browser.GetAsync(link.PathAndQuery)));
        (await browser.GetAsync(await _host.VisitProviderAsync(away.Location!, "demo-account-1"))).Title.ShouldStartWith("Connected");

        (await _mail.WhoAmIAsync()).ShouldBe("demo-account-1");
        (await _files.WhoAmIAsync()).ShouldBe("demo-account-1");
        var after = (await _host.FindCredentialAsync("person1"))!;
        after.RowId.ShouldBe(before.RowId);
        after.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Authorizing_that_resource_again_leads_over_the_provider_and_the_other_does_not()
    {
        await RefuseAsync();

        await _files.AuthorizeAsync();
        _files.VisitedProvider.ShouldBeFalse();
        await _mail.AuthorizeAsync();
        _mail.VisitedProvider.ShouldBeTrue();

        (await _mail.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task An_upstream_that_was_only_sick_is_tried_again_after_a_while_and_serves_without_the_person()
    {
        await RefuseAsync();
        _host.Time.Advance(Interval);
        await _mail.RefreshAsync();

        (await _mail.WhoAmIAsync()).ShouldBe("demo-account-1");

        (await _host.FindCredentialAsync("person1"))!.Refusals.ShouldBeEmpty();
        (await _mail.WhoAmIAsync()).ShouldBe("demo-account-1");
    }

    [Fact]
    public async Task An_upstream_that_stays_sick_gets_one_request_an_interval_whatever_the_load()
    {
        await RefuseAsync();
        _host.Misbehave(s => s with { ApiFault = ApiFault.Unauthorized, ApiFaultTimes = null });
        var (reached, refreshed) = (AtUpstream, _host.Upstream.Counters[DemoCounter.RefreshTokenRequests]);
        for (var round = 1; round <= 3; round++)
        {
            _host.Time.Advance(Interval);
            await _mail.RefreshAsync();

            await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _mail.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required")));

            AtUpstream.ShouldBe(reached + round);
        }

        _host.Upstream.Counters[DemoCounter.RefreshTokenRequests].ShouldBe(refreshed);
    }

    private async Task RefuseAsync()
    {
        _host.Misbehave(s => s with { ApiFault = ApiFault.Unauthorized, ApiFaultTimes = 2 });
        await _mail.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required");
    }
}
