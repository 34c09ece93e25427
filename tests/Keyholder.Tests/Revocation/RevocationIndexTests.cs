using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Tokens;

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
        _index.IsRevoked(Token with { IssuedAt = Now.AddSeconds(1) }).ShouldBeFalse();
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
