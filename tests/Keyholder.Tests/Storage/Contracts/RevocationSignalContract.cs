using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary><see cref="IRevocationSignal"/>: heard after the commit, so that whoever reads the log then finds the entry.</summary>
public abstract class RevocationSignalContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_subscriber_hears_of_an_appended_revocation_and_finds_it_in_the_log()
    {
        using var listening = new SignalListener(Db.RevocationSignal);
        var entry = new RevocationEntry(new RevocationTarget(RevocationTargetKind.Token, "t1"), Now, Now.AddMinutes(10), "reason");

        await Db.Revocations.AppendAsync(entry, [], Sample.Audit(Now, AuditActions.SessionRevoked), default);

        await listening.UntilAsync(async () => (await Db.Revocations.ReadAfterAsync(0, Now, default)).Any(row => row.Revocation == entry));
    }

    [Fact]
    public async Task A_subscriber_hears_of_a_revoked_session_and_finds_it_in_the_log()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        using var listening = new SignalListener(Db.RevocationSignal);

        await Db.Sessions.RevokeAsync(session.Id, RevocationReasons.Operator, Sample.Revocation(session.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);

        await listening.UntilAsync(async () => (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count == 1);
    }

    [Fact]
    public async Task Every_subscriber_hears_until_its_subscription_ends()
    {
        using var leaving = new SignalListener(Db.RevocationSignal);
        using var staying = new SignalListener(Db.RevocationSignal);
        await AppendAsync("t1");
        await staying.UntilAsync(() => ReadsAsync(1));
        await leaving.UntilAsync(() => ReadsAsync(1));

        leaving.Dispose();
        var heard = leaving.Count;
        await AppendAsync("t2");
        await staying.UntilAsync(() => ReadsAsync(2));

        leaving.Count.ShouldBe(heard);
    }

    private async Task<bool> ReadsAsync(int count) => (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count == count;

    private async Task AppendAsync(string token) => await Db.Revocations.AppendAsync(
        new RevocationEntry(new RevocationTarget(RevocationTargetKind.Token, token), Now, Now.AddMinutes(10), "reason"),
        [],
        Sample.Audit(Now, AuditActions.SessionRevoked),
        default);
}
