using System.Net;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

public sealed class RejectedCredentialTests : AuthorizerFixture
{
    [Fact]
    public async Task A_hundred_rejections_of_one_version_refresh_once()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var rejected = await AuthorizeAsync();
        var gate = Hold();

        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => ReauthorizeAsync(rejected))).ToList();
        await gate.Reached;
        gate.Open();

        (await Task.WhenAll(callers)).ShouldAllBe(a => Bearer(a) == "access-2");
        Bearer(await ReauthorizeAsync(rejected)).ShouldBe("access-2");
        Fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_refresh_token_the_end_is_the_end()
    {
        await Vault.StoreAsync(Person3, Tokens("1", TimeSpan.FromMinutes(10), refreshable: false), null, null, default);
        Time.Advance(TimeSpan.FromMinutes(9.5));
        var served = await AuthorizeAsync();
        Bearer(served).ShouldBe("access-1");
        Time.Advance(TimeSpan.FromMinutes(1));

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Store[Person3].StatusReason.ShouldBe("expired_without_refresh_token");
    }

    [Fact]
    public async Task A_rejected_token_is_not_served_even_when_its_refresh_fails()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var rejected = await AuthorizeAsync();
        Answer(HttpStatusCode.BadGateway, "");

        (await ReauthorizeAsync(rejected)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        Store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task An_upstream_that_rejects_every_token_does_not_cost_a_refresh_per_request()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var rejected = await AuthorizeAsync();
        await ReauthorizeAsync(rejected);
        rejected = await AuthorizeAsync();

        (await ReauthorizeAsync(rejected)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);
        (await ReauthorizeAsync(rejected)).Outcome.ShouldBe(UpstreamAuthorizationOutcome.TemporarilyUnavailable);

        Fake.TokenRequests.Count.ShouldBe(1);
        Time.Advance(Fake.Options.FailureBackoff);
        Bearer(await ReauthorizeAsync(rejected)).ShouldBe("access-3");
    }

    [Fact]
    public async Task Who_read_the_row_before_a_forced_refresh_looks_again_after_it_and_does_not_wait_for_its_pause()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var (row, tokens) = (Store[Person3], Tokens("1", TimeSpan.FromHours(1)));
        var refresher = new CredentialRefresher(Vault, Store, Fake.Client, new RefreshBackoffs(10, Time), Fake.Options, Time, NullLogger.Instance);

        (await refresher.RenewAsync(Providers.Configured(), row, tokens, forced: true)).Outcome.ShouldBe(RenewalOutcome.Renewed);

        (await refresher.RenewAsync(Providers.Configured(), row, tokens, forced: true)).Outcome.ShouldBe(RenewalOutcome.Changed);
        (await refresher.RenewAsync(Providers.Configured(), Store[Person3], tokens, forced: true)).Outcome.ShouldBe(RenewalOutcome.Postponed);
        Fake.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_token_says_nothing_of_a_credential_that_was_connected_meanwhile()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var renewed = await ReauthorizeAsync(await AuthorizeAsync());
        await Vault.StoreAsync(Person3, Tokens("new", TimeSpan.FromHours(1)), null, null, default);

        Bearer(await ReauthorizeAsync(renewed)).ShouldBe("access-new");
        Store[Person3].Refusals.ShouldBeEmpty();
    }
}
