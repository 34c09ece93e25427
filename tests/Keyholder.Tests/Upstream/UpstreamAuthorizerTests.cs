using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Vault;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

public sealed class UpstreamAuthorizerTests : AuthorizerFixture
{
    [Fact]
    public async Task A_resource_without_credential_gets_nothing_and_one_with_fixed_headers_the_same_object_again()
    {
        (await AuthorizeAsync(Resource with { Auth = ResourceAuthKind.None, Providers = [] })).ShouldBeSameAs(UpstreamAuthorization.Nothing);
        var fixedHeaders = Resource with { Auth = ResourceAuthKind.StaticHeaders, Providers = [], StaticHeaders = [new("X-Api-Key", "k")] };

        var first = await AuthorizeAsync(fixedHeaders);

        first.Headers.ShouldBe([new("X-Api-Key", "k")]);
        (await AuthorizeAsync(fixedHeaders)).ShouldBeSameAs(first);
        Store.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task A_warm_credential_is_the_same_object_without_any_read()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var first = await AuthorizeAsync();
        var reads = Store.Reads;

        for (var i = 0; i < 100; i++)
        {
            (await AuthorizeAsync()).ShouldBeSameAs(first);
        }

        first.Headers.ShouldBe([new("Authorization", "Bearer access-1")]);
        first.Used.ShouldBe([new CredentialUse(Person3, 1)]);
        Store.Reads.ShouldBe(reads);
        first.ToString().ShouldNotContain("access-1");
    }

    [Fact]
    public async Task Nobody_gets_another_owners_credential()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await AuthorizeAsync();

        (await AuthorizeAsync(Resource, Subject.User("person2"))).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync(Resource, new Subject(SubjectKind.VirtualKey, "person3"))).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
        (await AuthorizeAsync(Resource with { Providers = [new(Providers.Configured() with { Name = "gitlab" })] })).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    [Fact]
    public async Task What_the_vault_deletes_or_replaces_is_not_served_again()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await AuthorizeAsync();
        await Vault.StoreAsync(Person3, Tokens("2", TimeSpan.FromHours(1)), null, null, default);
        Bearer(await AuthorizeAsync()).ShouldBe("access-2");

        await Vault.DeleteAsync(Person3, default);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    [Fact]
    public async Task A_change_while_the_row_is_being_read_is_not_forgotten()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        var warm = new WarmCredentials(10, Time);
        var ticket = warm.Ticket(Person3);
        warm.Forget(Person3);

        warm.Put(Person3, ticket, CredentialAuthorization.ReconnectRequired, Time.GetUtcNow().AddMinutes(1));

        warm.TryGet(Person3, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_by_another_process_is_noticed_after_the_maximum_age()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        await AuthorizeAsync();
        var elsewhere = new CredentialVault(Store, Store, Store, new EnvelopeSealer(VaultKeys.Ring(1)), Time, NullLogger<CredentialVault>.Instance);
        await elsewhere.DeleteAsync(Person3, default);

        Time.Advance(CredentialSource.MaxAge);

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);
    }

    [Fact]
    public async Task A_store_that_fails_is_an_exception_and_never_a_reason_to_connect_again()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Store.BeforeRead = () => throw new IOException("the disk is gone");
        await Should.ThrowAsync<IOException>(() => AuthorizeAsync());
        Store.BeforeRead = null;
        Time.Advance(TimeSpan.FromMinutes(11));
        Store.BeforeWrite = _ => throw new IOException("the disk is gone");
        await Should.ThrowAsync<IOException>(() => AuthorizeAsync());
        Store.BeforeWrite = null;

        Store[Person3].Status.ShouldBe(CredentialStatus.Active);
    }

    [Fact]
    public async Task A_row_that_was_tampered_with_is_not_served()
    {
        await StoreAsync(TimeSpan.FromHours(1));
        Store[Person3] = Store[Person3] with { ProviderSubject = "someone else" };

        (await AuthorizeAsync()).Outcome.ShouldBe(UpstreamAuthorizationOutcome.ReconnectRequired);

        Store.Events[^1].Action.ShouldBe(AuditActions.CredentialRefused);
    }

    [Fact]
    public void The_memory_of_warm_credentials_is_bounded()
    {
        var warm = new WarmCredentials(10, Time);
        for (var i = 0; i < 100; i++)
        {
            var key = Person3 with { Provider = $"p{i}" };
            warm.Put(key, warm.Ticket(key), CredentialAuthorization.ReconnectRequired, Time.GetUtcNow().AddMinutes(1));
        }

        Enumerable.Range(0, 100).Count(i => warm.TryGet(Person3 with { Provider = $"p{i}" }, out _)).ShouldBeInRange(1, 10);
    }
}
