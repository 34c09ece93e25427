using Keyholder.Audit;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Users;

namespace Keyholder.Tests.Users;

public sealed class ProviderSignInTests
{
    [Theory]
    [InlineData("Person1\0 Lovelace", "Person1 Lovelace")]
    [InlineData("Person1\r\nLovelace", "Person1Lovelace")]
    [InlineData("\0\u0001", "cloud user")]
    [InlineData("  ", "cloud user")]
    [InlineData(null, "cloud user")]
    [InlineData(" Person1 ", "Person1")]
    public async Task A_name_a_provider_tells_is_kept_as_far_as_it_is_text(string? told, string kept) => (await SignInAsync(told)).ShouldBe(kept);

    [Fact]
    public async Task Half_a_character_is_replaced() => (await SignInAsync("Person1 " + "\U0001F511"[0])).ShouldBe("Person1 \uFFFD");

    [Fact]
    public async Task A_long_name_is_cut_between_characters()
    {
        var kept = await SignInAsync(new string('a', ProviderSignIn.MaxDisplayNameLength - 1) + "\U0001F511");

        kept.ShouldBe(new string('a', ProviderSignIn.MaxDisplayNameLength - 1));
    }

    private static async Task<string> SignInAsync(string? told)
    {
        var time = new ManualTimeProvider();
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, time, TestContext.Current.CancellationToken);
        var signIn = new ProviderSignIn(storage.Users, storage.Audit, time);
        var user = await signIn.SignInAsync(new ProviderIdentity("cloud", "subject-1"), told, new RequestOrigin(null, null), TestContext.Current.CancellationToken);
        return (await storage.Users.FindAsync(user!.Id, TestContext.Current.CancellationToken))!.DisplayName;
    }
}
