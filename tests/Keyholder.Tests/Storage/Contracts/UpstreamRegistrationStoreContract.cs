using Keyholder.Audit;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class UpstreamRegistrationStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private readonly byte[] _first = Sample.Hash();
    private readonly byte[] _second = Sample.Hash();

    [Fact]
    public async Task The_first_client_and_the_same_again_change_nothing()
    {
        var credential = await PutAsync("github");

        (await RecordAsync(_first)).ShouldBe((1, null));
        (await RecordAsync(_first)).ShouldBe((1, null));

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        (await AuditedActionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_client_marks_the_providers_active_oauth_credentials_once()
    {
        var mine = await PutAsync("github");
        var headers = await PutAsync("github", c => c with { Kind = CredentialKind.Headers }, "u2");
        var orphaned = await PutAsync("github", c => c with { Status = CredentialStatus.Orphaned }, "u3");
        var elsewhere = await PutAsync("gitlab");
        await RecordAsync(_first);

        (await RecordAsync(_second)).ShouldBe((2, 1));
        (await RecordAsync(_second)).ShouldBe((2, null));

        (await Db.Credentials.FindAsync(mine.Key, default))
            .ShouldBeRow(mine with { Status = CredentialStatus.NeedsReauth, StatusReason = "upstream_client_changed", UpdatedAt = Now });
        foreach (var untouched in new[] { headers, orphaned, elsewhere })
        {
            (await Db.Credentials.FindAsync(untouched.Key, default)).ShouldBeRow(untouched);
        }

        (await AuditedActionsAsync()).ShouldBe([AuditActions.UpstreamClientChanged]);
    }

    [Fact]
    public async Task A_refresh_for_the_other_client_stores_nothing_that_counts()
    {
        var credential = await PutAsync("github");
        await RecordAsync(_first);
        var refresh = (await Db.CredentialRefreshes.BeginAsync(credential, Now.AddMinutes(1), Now, default)).Refresh!;
        await RecordAsync(_second);

        (await Db.CredentialRefreshes.CompleteAsync(refresh, credential with { Version = 2 }, null, default)).ShouldBe(Keyholder.Storage.RefreshStoreOutcome.Lost);

        (await Db.Credentials.FindAsync(credential.Key, default))!.Status.ShouldBe(CredentialStatus.NeedsReauth);
    }

    [Fact]
    public async Task Nodes_that_record_at_once_change_it_once()
    {
        await PutAsync("github");
        await RecordAsync(_first);

        var answers = await RaceAsync(8, () => Task.CompletedTask, _ => RecordAsync(_second));

        answers.ShouldAllBe(a => a.Generation == 2);
        answers.Count(a => a.Marked == 1).ShouldBe(1);
        (await AuditedActionsAsync()).Count.ShouldBe(1);
    }

    private async Task<StoredCredential> PutAsync(string provider, Func<StoredCredential, StoredCredential>? bend = null, string owner = "u1")
    {
        var credential = Sample.Credential(Now.AddMinutes(-1), provider, owner);
        credential = bend is null ? credential : bend(credential);
        await Db.Credentials.PutAsync(credential, 0, null, default);
        return credential;
    }

    private Task<(long Generation, int? Marked)> RecordAsync(byte[] registration) =>
        Db.UpstreamRegistrations.RecordAsync("github", registration, "upstream_client_changed", Sample.Audit(Now, AuditActions.UpstreamClientChanged), Now, default);
}
