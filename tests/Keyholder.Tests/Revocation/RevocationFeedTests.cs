using Keyholder.Audit;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Revocation;

public sealed class RevocationFeedTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly ManualTimeProvider _time = new();
    private readonly RevocationLogInMemory _log = new();
    private readonly RevocationIndex _index = RevocationFixture.CreateIndex();
    private readonly RevocationWatches _watches;
    private readonly RevocationFeed _feed;
    private readonly AccessToken _token;

    public RevocationFeedTests()
    {
        _watches = new RevocationWatches(_index, NullLogger<RevocationWatches>.Instance);
        _feed = new RevocationFeed(_log, _index, _watches, new RevocationOptions(), _time, NullLogger<RevocationFeed>.Instance);
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
        await _log.AppendAsync(SessionEntry(), Audit(), Token);

        await _feed.LoadAsync(Token);

        _index.IsRevoked(_token).ShouldBeTrue();
    }

    [Fact]
    public async Task An_own_revocation_is_in_force_when_it_returns_and_not_before_it_is_durable()
    {
        await _feed.LoadAsync(Token);
        _log.Fails = true;
        await Should.ThrowAsync<TimeoutException>(() => _feed.RevokeAsync(SessionEntry(), Audit(), Token));
        _index.IsRevoked(_token).ShouldBeFalse();

        _log.Fails = false;
        await _feed.RevokeAsync(SessionEntry(), Audit(), Token);

        _index.IsRevoked(_token).ShouldBeTrue();
    }

    [Fact]
    public async Task What_someone_else_wrote_arrives_with_the_next_poll_and_only_once()
    {
        await _feed.LoadAsync(Token);
        await _log.AppendAsync(SessionEntry(), Audit(), Token);
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
        await _feed.PollAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(10));
        await _feed.PollAsync(Token);
        _index.IsStale(_time.GetUtcNow()).ShouldBeFalse();
        _time.Advance(TimeSpan.FromTicks(1));
        _index.IsStale(_time.GetUtcNow()).ShouldBeTrue();

        _log.Fails = false;
        await _feed.PollAsync(Token);

        _index.IsStale(_time.GetUtcNow()).ShouldBeFalse();
    }

    [Fact]
    public void Failing_open_is_a_choice()
    {
        RevocationFixture.CreateIndex(new RevocationOptions { FailOpen = true }).IsStale(_time.GetUtcNow()).ShouldBeFalse();
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

    private RevocationEntry SessionEntry(AccessToken? token = null) =>
        new(new(RevocationTargetKind.Session, (token ?? _token).SessionId.ToString()), _time.GetUtcNow(), _time.GetUtcNow().AddHours(1), "operator");

    private AuditEvent Audit() => new() { At = _time.GetUtcNow(), Action = AuditActions.SessionRevoked, Actor = "system", Target = "session:x" };

    private sealed class RevocationLogInMemory : IRevocationStore
    {
        private readonly List<RevocationEntry> _entries = [];

        public bool Fails { get; set; }

        public List<long> ReadFrom { get; } = [];

        public Task AppendAsync(RevocationEntry revocation, AuditEvent audit, CancellationToken cancellationToken)
        {
            if (Fails)
            {
                throw new TimeoutException();
            }

            _entries.Add(revocation);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<(long Sequence, RevocationEntry Revocation)>> ReadAfterAsync(long sequence, DateTimeOffset now, CancellationToken cancellationToken)
        {
            ReadFrom.Add(sequence);
            return Fails
                ? Task.FromException<IReadOnlyList<(long, RevocationEntry)>>(new TimeoutException())
                : Task.FromResult<IReadOnlyList<(long, RevocationEntry)>>([.. _entries.Select((e, i) => (i + 1L, e)).Where(e => e.Item1 > sequence)]);
        }
    }
}
