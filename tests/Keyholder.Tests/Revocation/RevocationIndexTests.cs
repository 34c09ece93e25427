using System.Diagnostics.Metrics;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Tests.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Tests.Revocation;

public sealed class RevocationIndexTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly AccessToken Token = new()
    {
        Id = "jti-1",
        SessionId = SessionId.Create(),
        Subject = new Subject(SubjectKind.VirtualKey, "vk1"),
        ClientId = "client",
        Audience = RevocationFixture.Resource.Uri,
        Scopes = ["mcp:read"],
        IssuedAt = Now,
        ExpiresAt = Now.AddMinutes(10),
        AuthenticatedAt = Now,
    };

    public static TheoryData<RevocationTargetKind, string> Matching => new()
    {
        { RevocationTargetKind.Token, Token.Id },
        { RevocationTargetKind.Session, Token.SessionId.ToString() },
        { RevocationTargetKind.Subject, Token.Subject.ToString() },
        { RevocationTargetKind.Client, Token.ClientId },
        { RevocationTargetKind.VirtualKey, "vk1" },
        { RevocationTargetKind.Provider, "github" },
        { RevocationTargetKind.Resource, Token.Audience },
        { RevocationTargetKind.All, "" },
    };

    public static TheoryData<RevocationTargetKind, string> Foreign => new()
    {
        { RevocationTargetKind.Token, "jti-2" },
        { RevocationTargetKind.Token, "client" },
        { RevocationTargetKind.Session, SessionId.Create().ToString() },
        { RevocationTargetKind.Subject, "user:vk1" },
        { RevocationTargetKind.Client, "Client" },
        { RevocationTargetKind.VirtualKey, "vk2" },
        { RevocationTargetKind.Provider, "gitlab" },
        { RevocationTargetKind.Resource, Token.Audience + "/" },
    };

    private readonly RevocationIndex _index = RevocationFixture.CreateIndex();

    [Theory]
    [MemberData(nameof(Matching))]
    public void A_target_is_matched(RevocationTargetKind kind, string value)
    {
        _index.IsRevoked(Token).ShouldBeFalse();

        _index.Add(Entry(kind, value, cutOff: Now));

        _index.IsRevoked(Token).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Another_target_is_not(RevocationTargetKind kind, string value)
    {
        _index.Add(Entry(kind, value, cutOff: Now));

        _index.IsRevoked(Token).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Matching))]
    public void Only_sessions_and_tokens_are_dead_whenever_the_token_was_issued(RevocationTargetKind kind, string value)
    {
        _index.Add(Entry(kind, value, cutOff: Now.AddMilliseconds(-1)));

        _index.IsRevoked(Token).ShouldBe(kind is RevocationTargetKind.Session or RevocationTargetKind.Token);
    }

    [Fact]
    public void A_token_of_the_cut_offs_own_second_does_not_survive()
    {
        _index.Add(Entry(RevocationTargetKind.All, "", cutOff: Now.AddMilliseconds(500)));

        _index.IsRevoked(Token).ShouldBeTrue();
        _index.IsRevoked(Token with { IssuedAt = Now.AddSeconds(1), AuthenticatedAt = Now.AddSeconds(1) }).ShouldBeFalse();
    }

    [Fact]
    public void A_second_revocation_extends_and_never_shortens()
    {
        _index.Add(Entry(RevocationTargetKind.Client, "client", cutOff: Now, expiresAt: Now.AddHours(2)));
        _index.Add(Entry(RevocationTargetKind.Client, "client", cutOff: Now.AddHours(-1), expiresAt: Now.AddHours(1)));
        _index.RemoveExpired(Now.AddHours(1));
        _index.IsRevoked(Token).ShouldBeTrue();

        _index.Add(Entry(RevocationTargetKind.Client, "client", cutOff: Now.AddSeconds(10), expiresAt: Now.AddHours(3)));
        _index.IsRevoked(Token with { IssuedAt = Now.AddSeconds(10) }).ShouldBeTrue();
        _index.RemoveExpired(Now.AddHours(2));
        _index.IsRevoked(Token).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Matching))]
    public void An_entry_vanishes_when_nothing_it_matches_can_be_alive(RevocationTargetKind kind, string value)
    {
        _index.Add(Entry(kind, value, cutOff: Now, expiresAt: Now.AddHours(1)));
        _index.RemoveExpired(Now.AddHours(1).AddTicks(-1));
        _index.Count.ShouldBe(1);

        _index.RemoveExpired(Now.AddHours(1));

        _index.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(RevocationTargetKind.Session, "not a session")]
    [InlineData(RevocationTargetKind.Subject, "nobody")]
    public void A_target_that_cannot_be_read_is_not_passed_over(RevocationTargetKind kind, string value) =>
        Should.Throw<FormatException>(() => _index.Add(Entry(kind, value, cutOff: Now)));

    [Theory]
    [InlineData(RevocationTargetKind.Subject, "vk:vk1", true)]
    [InlineData(RevocationTargetKind.VirtualKey, "vk1", true)]
    [InlineData(RevocationTargetKind.All, "", true)]
    [InlineData(RevocationTargetKind.Client, "client", false)]
    [InlineData(RevocationTargetKind.Provider, "github", false)]
    public void A_sign_in_from_before_the_cut_off_opens_nothing_after_it(RevocationTargetKind kind, string value, bool revoked)
    {
        _index.Add(Entry(kind, value, cutOff: Now));

        _index.IsRevoked(Token with { IssuedAt = Now.AddMinutes(1) }).ShouldBe(revoked);
        _index.IsRevoked(Token with { IssuedAt = Now.AddMinutes(1), AuthenticatedAt = Now.AddMinutes(1) }).ShouldBeFalse();
    }

    [Fact]
    public void Sessions_are_compared_to_the_millisecond()
    {
        _index.Confirm(Now);
        _index.Add(Entry(RevocationTargetKind.Client, "client", cutOff: Now.AddMilliseconds(500)));
        var session = SessionFixture.Create() with { ClientId = "client" };

        _index.Judge(session with { CreatedAt = Now.AddMilliseconds(500) }, Now).ShouldBe(RevocationVerdict.Revoked);
        _index.Judge(session with { CreatedAt = Now.AddMilliseconds(501) }, Now).ShouldBe(RevocationVerdict.Clear);
    }

    [Theory]
    [MemberData(nameof(Matching))]
    public void A_quarantine_refuses_whatever_was_issued_when_until_it_is_lifted(RevocationTargetKind kind, string value)
    {
        _index.Apply(new RevocationLogEntry(7, Entry(kind, value, cutOff: Now, RevocationEntry.Never) with { IsQuarantine = true }));
        _index.HasQuarantines.ShouldBeTrue();
        _index.IsRevoked(Token with { IssuedAt = Now.AddHours(1), AuthenticatedAt = Now.AddHours(1) }).ShouldBeTrue();
        _index.RemoveExpired(Now.AddYears(10));
        _index.IsRevoked(Token).ShouldBeTrue();

        _index.Apply(new RevocationLogEntry(8, Entry(kind, value, cutOff: Now)) { Lifts = 7 });

        _index.IsRevoked(Token).ShouldBeFalse();
        (_index.HasQuarantines, _index.Count).ShouldBe((false, 0));
    }

    [Theory]
    [MemberData(nameof(Matching))]
    public void Lifting_one_quarantine_leaves_others_and_what_is_for_good(RevocationTargetKind kind, string value)
    {
        var quarantine = Entry(kind, value, cutOff: Now) with { IsQuarantine = true };
        _index.Apply(new RevocationLogEntry(7, quarantine));
        _index.Apply(new RevocationLogEntry(8, quarantine));
        _index.Apply(new RevocationLogEntry(9, quarantine) { Lifts = 7 });
        _index.IsRevoked(Token).ShouldBeTrue();

        _index.Add(Entry(kind, value, cutOff: Now));
        _index.Apply(new RevocationLogEntry(10, quarantine) { Lifts = 8 });

        _index.IsRevoked(Token).ShouldBeTrue();
        _index.HasQuarantines.ShouldBeFalse();
    }

    [Fact]
    public void A_quarantine_with_an_end_ends_by_itself()
    {
        _index.Apply(new RevocationLogEntry(7, Entry(RevocationTargetKind.Client, "client", cutOff: Now, Now.AddHours(1)) with { IsQuarantine = true }));

        _index.RemoveExpired(Now.AddHours(1));

        _index.IsRevoked(Token).ShouldBeFalse();
        (_index.HasQuarantines, _index.Count).ShouldBe((false, 0));
    }

    [Fact]
    public void A_browser_session_is_matched_by_its_id_its_user_and_everything()
    {
        _index.Confirm(Now);
        var browser = new BrowserSession([.. Enumerable.Repeat((byte)1, 32)], "u1", Now, Now.AddHours(12));
        _index.Judge(browser, Now).ShouldBe(RevocationVerdict.Clear);

        foreach (var (kind, value) in new[] { (RevocationTargetKind.Token, browser.Id), (RevocationTargetKind.Subject, "user:u1"), (RevocationTargetKind.All, "") })
        {
            var index = RevocationFixture.CreateIndex();
            index.Confirm(Now);
            index.Add(Entry(kind, value, cutOff: Now));
            index.Judge(browser, Now).ShouldBe(RevocationVerdict.Revoked);
        }
    }

    [Fact]
    public void Size_revocations_and_refusals_are_metrics()
    {
        using var metrics = new RevocationMetrics();
        var index = new RevocationIndex(new ConfiguredResources(new ResourceSnapshot([], [])), new RevocationOptions(), metrics, new ManualTimeProvider(Now.AddSeconds(3)));
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[instrument.Name] = seen.GetValueOrDefault(instrument.Name) + value);
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[instrument.Name] = value);
        listener.Start();

        index.Judge(Token, Now).ShouldBe(RevocationVerdict.Unknown);
        index.Confirm(Now);
        index.Judge(Token, Now).ShouldBe(RevocationVerdict.Clear);
        index.Add(Entry(RevocationTargetKind.Client, "client", cutOff: Now));
        index.Judge(Token, Now).ShouldBe(RevocationVerdict.Revoked);
        listener.RecordObservableInstruments();

        seen.ShouldBe(
            new Dictionary<string, double>
            {
                ["keyholder.revocations"] = 1,
                ["keyholder.revocation.refusals"] = 2,
                ["keyholder.revocation.entries"] = 1,
                ["keyholder.revocation.feed.age"] = 3,
            },
            ignoreOrder: true);
    }

    [Fact]
    public void A_check_costs_no_allocation()
    {
        _index.Add(Entry(RevocationTargetKind.Client, "other", cutOff: Now));
        var revoked = _index.IsRevoked(Token);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            revoked |= _index.IsRevoked(Token);
        }

        // 100 calls: one object each would be 2,400 bytes; the runtime itself may allocate once.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
        revoked.ShouldBeFalse();
    }

    private static RevocationEntry Entry(RevocationTargetKind kind, string value, DateTimeOffset cutOff, DateTimeOffset? expiresAt = null) =>
        new(new(kind, value), cutOff, expiresAt ?? Now.AddHours(1), "operator");
}
