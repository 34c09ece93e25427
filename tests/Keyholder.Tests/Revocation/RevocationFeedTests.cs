using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Revocation;

public sealed class RevocationFeedTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly RequestOrigin Origin = new(null, null);
    private readonly ManualTimeProvider _time = new();
    private readonly RevocationLogInMemory _log = new();
    private readonly RevocationIndex _index = RevocationFixture.CreateIndex();
    private readonly RevocationWatches _watches;
    private readonly RevocationFeed _feed;
    private readonly AccessToken _token;

    public RevocationFeedTests()
    {
        _watches = new RevocationWatches(_index, NullLogger<RevocationWatches>.Instance);
        _feed = CreateFeed(_index);
        _token = new AccessToken
        {
            Id = "jti",
            SessionId = SessionId.Create(),
            Subject = Subject.User("u1"),
            ClientId = "client",
            Audience = RevocationFixture.Resource.Uri,
            Scopes = [],
            IssuedAt = _time.GetUtcNow(),
            ExpiresAt = _time.GetUtcNow().AddMinutes(10),
            AuthenticatedAt = _time.GetUtcNow(),
        };
    }

    [Fact]
    public async Task Nothing_is_trusted_before_the_log_was_read()
    {
        _index.IsStale(_time.GetUtcNow()).ShouldBeTrue();
        _log.Fails = true;
        await Should.ThrowAsync<TimeoutException>(() => _feed.LoadAsync(Token));
        _index.IsStale(_time.GetUtcNow()).ShouldBeTrue();

        _log.Fails = false;
        await _feed.LoadAsync(Token);

        _index.IsStale(_time.GetUtcNow()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_restart_remembers_what_was_revoked()
    {
        await _log.AppendAsync(SessionEntry(), [], Audit(), Token);

        await _feed.LoadAsync(Token);

        _index.IsRevoked(_token).ShouldBeTrue();
    }

    [Fact]
    public async Task An_own_revocation_is_in_force_when_it_returns_and_not_before_it_is_durable()
    {
        var killSwitch = new KillSwitch(_log, _time, _feed);
        await _feed.LoadAsync(Token);
        _log.Fails = true;
        await Should.ThrowAsync<TimeoutException>(() => killSwitch.RevokeAsync(new(SessionEntry(), []), "system", Origin));
        _index.IsRevoked(_token).ShouldBeFalse();

        _log.Fails = false;
        await killSwitch.RevokeAsync(new(SessionEntry(), []), "system", Origin);

        _index.IsRevoked(_token).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lifted_quarantine_ends_here_at_once_and_elsewhere_with_the_next_read()
    {
        var otherIndex = RevocationFixture.CreateIndex();
        var other = CreateFeed(otherIndex);
        var killSwitch = new KillSwitch(_log, _time, _feed);
        var quarantine = await killSwitch.RevokeAsync(new(SessionEntry() with { IsQuarantine = true }, []), "system", Origin);
        await other.LoadAsync(Token);
        (_index.IsRevoked(_token), otherIndex.IsRevoked(_token)).ShouldBe((true, true));

        await killSwitch.LiftAsync(quarantine.Id!.Value, "system", Origin);
        _index.IsRevoked(_token).ShouldBeFalse();
        otherIndex.IsRevoked(_token).ShouldBeTrue();
        await other.PollAsync(Token);
        await _feed.PollAsync(Token);

        (_index.IsRevoked(_token), otherIndex.IsRevoked(_token)).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_quarantine_lifted_by_another_node_does_not_come_back_when_its_writer_is_late()
    {
        var (appended, _) = await _log.AppendAsync(SessionEntry() with { IsQuarantine = true }, [], Audit(), Token);
        await _log.LiftAsync(appended[0].Sequence, Audit(), _time.GetUtcNow(), Token);
        await _feed.PollAsync(Token);

        _feed.Accept(appended[0]);

        _index.IsRevoked(_token).ShouldBeFalse();
        _index.HasQuarantines.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_storage_tells_of_is_read_without_waiting_for_the_poll()
    {
        await _feed.LoadAsync(Token);
        using var stop = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        using var watch = _watches.Watch(_token, ended.SetResult);
        var running = _feed.RunAsync(stop.Token);

        await _log.AppendAsync(SessionEntry(), [], Audit(), Token);

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_poll_finds_what_nobody_told_of()
    {
        await _feed.LoadAsync(Token);
        await _log.AppendAsync(SessionEntry(), [], Audit(), Token);
        using var stop = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        using var watch = _watches.Watch(_token, ended.SetResult);
        var running = _feed.RunAsync(stop.Token);

        _time.Advance(TimeSpan.FromSeconds(1));

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task What_someone_else_wrote_arrives_with_the_next_poll_and_only_once()
    {
        await _feed.LoadAsync(Token);
        await _log.AppendAsync(SessionEntry(), [], Audit(), Token);
        _index.IsRevoked(_token).ShouldBeFalse();

        await _feed.PollAsync(Token);
        await _feed.PollAsync(Token);

        _index.IsRevoked(_token).ShouldBeTrue();
        _log.ReadFrom.ShouldBe([0, 0, 1]);
    }

    [Fact]
    public async Task A_log_that_stays_unreadable_makes_the_index_stale_and_recovery_needs_no_restart()
    {
        await _feed.LoadAsync(Token);
        _log.Fails = true;
        _time.Advance(TimeSpan.FromSeconds(10));
        await _feed.PollAsync(Token);
        _index.Judge(_token, _time.GetUtcNow()).ShouldBe(RevocationVerdict.Clear);
        _time.Advance(TimeSpan.FromTicks(1));
        await _feed.PollAsync(Token);
        _index.Judge(_token, _time.GetUtcNow()).ShouldBe(RevocationVerdict.Unknown);

        _log.Fails = false;
        await _feed.PollAsync(Token);

        _index.Judge(_token, _time.GetUtcNow()).ShouldBe(RevocationVerdict.Clear);
    }

    [Fact]
    public async Task A_read_that_hangs_confirms_nothing_and_is_given_up()
    {
        await _feed.LoadAsync(Token);
        _log.Hang = new TaskCompletionSource();
        var hanging = _feed.PollAsync(Token);

        _time.Advance(TimeSpan.FromSeconds(11));
        await hanging.WaitAsync(TimeSpan.FromSeconds(30), Token);

        _index.IsStale(_time.GetUtcNow()).ShouldBeTrue();
        _log.Hang = null;
        await _feed.PollAsync(Token);
        _index.IsStale(_time.GetUtcNow()).ShouldBeFalse();
    }

    [Fact]
    public async Task Knowledge_is_as_old_as_the_beginning_of_its_read()
    {
        await _feed.LoadAsync(Token);
        _log.Hang = new TaskCompletionSource();
        var slow = _feed.PollAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(4));
        _log.Hang.SetResult();
        await slow;

        _time.Advance(TimeSpan.FromSeconds(7));

        _index.IsStale(_time.GetUtcNow()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_make_old_knowledge_fresh()
    {
        await _feed.LoadAsync(Token);

        _index.IsStale(_time.GetUtcNow() - TimeSpan.FromHours(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task Failing_open_is_a_choice_and_every_log_reader_learns_of_it()
    {
        using var logs = new LogCapture();
        var options = new RevocationOptions { FailOpen = true };
        var index = RevocationFixture.CreateIndex(options);
        var feed = new RevocationFeed(_log, _log, index, _watches, options, _time, new LoggerFactory([logs]).CreateLogger<RevocationFeed>());
        await feed.LoadAsync(Token);
        logs.Lines.ShouldContain(line => line.Contains("revocation.failOpen is set", StringComparison.Ordinal));
        _log.Fails = true;
        _time.Advance(TimeSpan.FromHours(1));
        await feed.PollAsync(Token);
        await feed.PollAsync(Token);

        index.Judge(_token, _time.GetUtcNow()).ShouldBe(RevocationVerdict.Clear);
        index.IsStale(_time.GetUtcNow()).ShouldBeTrue();
        logs.Lines.Count(line => line.Contains("REVOKED TOKENS MAY BE ACCEPTED", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_ends_once_when_its_session_is_revoked_and_others_go_on()
    {
        var (ended, others) = (0, 0);
        await _feed.LoadAsync(Token);
        using var watch = _watches.Watch(_token, () => ended++);
        using var other = _watches.Watch(_token with { SessionId = SessionId.Create(), Id = "other" }, () => others++);

        _feed.Accept(SessionEntry());
        _feed.Accept(SessionEntry());

        (ended, others).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(RevocationTargetKind.Subject, "user:u1")]
    [InlineData(RevocationTargetKind.Token, "jti")]
    [InlineData(RevocationTargetKind.Client, "client")]
    [InlineData(RevocationTargetKind.Resource, "https://keys.example.com/mcp/notes")]
    [InlineData(RevocationTargetKind.Provider, "github")]
    [InlineData(RevocationTargetKind.All, "")]
    public void A_stream_ends_whatever_revokes_it(RevocationTargetKind kind, string value)
    {
        var ended = 0;
        using var watch = _watches.Watch(_token, () => ended++);

        _feed.Accept(SessionEntry() with { Target = new(kind, value) });

        ended.ShouldBe(1);
    }

    [Fact]
    public void A_stream_that_starts_too_late_ends_at_once()
    {
        var ended = 0;
        _feed.Accept(SessionEntry());

        using var watch = _watches.Watch(_token, () => ended++);

        ended.ShouldBe(1);
    }

    [Fact]
    public void A_finished_stream_is_not_called()
    {
        var ended = 0;
        _watches.Watch(_token, () => ended++).Dispose();

        _feed.Accept(SessionEntry());

        ended.ShouldBe(0);
    }

    [Fact]
    public void One_stream_that_fails_to_end_does_not_keep_the_next_alive()
    {
        var ended = 0;
        using var failing = _watches.Watch(_token, () => throw new InvalidOperationException());
        using var watch = _watches.Watch(_token, () => ended++);

        _feed.Accept(SessionEntry());

        ended.ShouldBe(1);
    }

    [Fact]
    public async Task No_stream_slips_through_between_watching_and_revoking()
    {
        var ended = 0;
        await _feed.LoadAsync(Token);
        var tokens = Enumerable.Range(0, 500).Select(_ => _token with { SessionId = SessionId.Create() }).ToList();

        await Task.WhenAll(
            Task.Run(() => tokens.ForEach(t => _watches.Watch(t, () => Interlocked.Increment(ref ended))), Token),
            Task.Run(() => tokens.ForEach(t => _feed.Accept(SessionEntry(t))), Token));

        ended.ShouldBe(500);
    }

    [Fact]
    public async Task Whichever_answers_of_a_session_are_over_the_others_are_still_cut()
    {
        await _feed.LoadAsync(Token);
        foreach (var over in new int[][] { [], [0], [1], [2], [0, 1], [2, 1], [1, 0], [0, 2], [0, 1, 2] })
        {
            var token = _token with { SessionId = SessionId.Create() };
            var cut = new List<int>();
            var watches = Enumerable.Range(0, 3).Select(i => _watches.Watch(token, () => cut.Add(i))).ToList();
            foreach (var i in over)
            {
                watches[i].Dispose();
                watches[i].Dispose();
            }

            _feed.Accept(SessionEntry(token));
            _feed.Accept(SessionEntry(token));

            cut.Order().ShouldBe(Enumerable.Range(0, 3).Except(over));
        }
    }

    private RevocationEntry SessionEntry(AccessToken? token = null) =>
        new(new(RevocationTargetKind.Session, (token ?? _token).SessionId.ToString()), _time.GetUtcNow(), _time.GetUtcNow().AddHours(1), "operator");

    private RevocationFeed CreateFeed(RevocationIndex index) =>
        new(_log, _log, index, _watches, new RevocationOptions(), _time, NullLogger<RevocationFeed>.Instance);

    private AuditEvent Audit() => new() { At = _time.GetUtcNow(), Action = AuditActions.SessionRevoked, Actor = "system", Target = "session:x" };
}
