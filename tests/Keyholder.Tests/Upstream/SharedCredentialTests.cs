using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Tests.Upstream;

public sealed class SharedCredentialTests : AuthorizerFixture
{
    private static readonly Provider Shared = Providers.Configured() with { Owner = ProviderOwner.Shared };
    private static readonly CredentialKey Key = new(CredentialOwner.SharedBy(Shared), Shared.Name);

    [Fact]
    public async Task A_shared_credential_is_refreshed_before_it_expires_although_nobody_uses_it()
    {
        await Vault.StoreAsync(Key, Tokens("1", TimeSpan.FromMinutes(10)), null, null, default);
        await Authorizer.RefreshSharedAsync([Shared], default);
        Fake.TokenRequests.ShouldBeEmpty();

        Time.Advance(TimeSpan.FromMinutes(9));
        await Authorizer.RefreshSharedAsync([Shared], default);
        await Authorizer.RefreshSharedAsync([Shared], default);

        Fake.TokenRequests.Count.ShouldBe(1);
        Store[Key].Version.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_not_shared_not_there_or_dead_is_left_alone()
    {
        await StoreAsync(TimeSpan.FromMinutes(10));
        Time.Advance(TimeSpan.FromMinutes(11));

        await Authorizer.RefreshSharedAsync([Providers.Configured(), Shared], default);

        Fake.TokenRequests.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_fails_does_not_keep_the_others_from_theirs()
    {
        var second = Shared with { Name = "second", TokenEndpoint = new Uri("https://second.example/token") };
        var secondKey = new CredentialKey(CredentialOwner.SharedBy(second), second.Name);
        await Vault.StoreAsync(Key, Tokens("1", TimeSpan.FromMinutes(10)), null, null, default);
        await Vault.StoreAsync(secondKey, Tokens("2", TimeSpan.FromMinutes(10)), null, null, default);
        Time.Advance(TimeSpan.FromMinutes(11));
        Fake.Token = request => request.Uri.Host == "second.example" ? Task.FromResult(Issue()) : throw new InvalidOperationException("a bug");

        await Authorizer.RefreshSharedAsync([Shared, second], default);

        Store[secondKey].Version.ShouldBe(2);
        Store[Key].Version.ShouldBe(1);
    }
}
