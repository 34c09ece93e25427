using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Tests.Revocation;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Tokens;
using Keyholder.Tokens;
using Keyholder.VirtualKeys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.VirtualKeys;

public sealed class VirtualKeyAuthenticatorTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly OpaqueTokenFormats _formats = new(TestServerSecrets.Create());
    private readonly CountingGrants _grants = new();
    private readonly RevocationFeed _feed;
    private readonly RevocationIndex _index = RevocationFixture.CreateIndex(new RevocationOptions { MaxStaleness = TimeSpan.FromSeconds(30) });
    private readonly VirtualKeyAccesses _accesses;
    private readonly VirtualKeyAuthenticator _authenticator;

    public VirtualKeyAuthenticatorTests()
    {
        var log = new RevocationLogInMemory();
        _feed = new RevocationFeed(
            log, log, _index, new RevocationWatches(_index, NullLogger<RevocationWatches>.Instance), new RevocationOptions(), _time, NullLogger<RevocationFeed>.Instance);
        _accesses = new VirtualKeyAccesses(_grants, _feed, _time);
        _authenticator = new VirtualKeyAuthenticator(_formats, _accesses, _index, new VirtualKeyUses(null!, _time), _time);
    }

    public void Dispose() => _accesses.Dispose();

    [Fact]
    public async Task A_key_that_is_known_costs_no_read()
    {
        await _feed.LoadAsync(default);
        var text = Add("notes");
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Allowed);

        for (var i = 0; i < 10; i++)
        {
            (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Allowed);
        }

        _grants.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task What_this_server_did_not_write_is_refused_without_a_read()
    {
        await _feed.LoadAsync(default);
        var text = Add("notes");

        foreach (var bad in new[] { "", "kh_vk_", text[..^1], text + "A", "kh_rt_" + text[6..], text.ToUpperInvariant(), new string('k', 5000), text[..20] + "ñ" + text[21..] })
        {
            (await AuthenticateAsync(bad)).Outcome.ShouldBe(VirtualKeyUseOutcome.Invalid);
        }

        _grants.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task A_key_acts_as_an_access_token_for_the_resource_with_all_of_its_scopes()
    {
        await _feed.LoadAsync(default);
        var use = await AuthenticateAsync(Add("notes", key => key with { ExpiresAt = _time.GetUtcNow().AddDays(1) }));

        var token = use.AccessToken.ShouldNotBeNull();
        token.Subject.Kind.ShouldBe(SubjectKind.VirtualKey);
        token.Audience.ShouldBe(RevocationFixture.Resource.Uri);
        token.Scopes.ShouldBe(["mcp:read", "mcp:write"]);
        token.ExpiresAt.ShouldBe(_time.GetUtcNow().AddDays(1));
        VirtualKeyTokenId.TryParse(token.Id, out var id, out var generation).ShouldBeTrue();
        id.ShouldBe(token.Subject.Id);
        generation.ShouldBe(1u);
    }

    [Fact]
    public async Task What_is_remembered_is_read_again_after_ten_seconds_and_at_once_when_it_changed()
    {
        await _feed.LoadAsync(default);
        var text = Add("notes");
        await AuthenticateAsync(text);
        _grants.Change(access => access with { OwnerIsActive = false });

        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Allowed);
        _time.Advance(TimeSpan.FromSeconds(10));
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Inactive);

        _grants.Change(access => access with { OwnerIsActive = true });
        _accesses.Forget(_grants.KeyId);
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Allowed);
    }

    [Fact]
    public async Task A_read_that_began_before_a_change_is_not_kept()
    {
        await _feed.LoadAsync(default);
        var text = Add("notes");
        _grants.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = _authenticator.AuthenticateAsync(text, RevocationFixture.Resource, default).AsTask();
        _accesses.Forget(_grants.KeyId);
        _grants.Hold.SetResult();
        await slow;
        _grants.Hold = null;

        await AuthenticateAsync(text);

        _grants.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_is_refused_at_once_when_the_user_it_acts_for_is_cut_off()
    {
        await _feed.LoadAsync(default);
        var text = Add("notes", key => key with { OwnerUserId = "u1" });
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Allowed);

        _feed.Accept(new RevocationEntry(new(RevocationTargetKind.Subject, "user:u1"), _time.GetUtcNow(), _time.GetUtcNow().AddHours(3), "operator"));

        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Invalid);
    }

    [Fact]
    public async Task A_node_that_cannot_read_the_log_answers_unknown_and_never_from_memory()
    {
        var text = Add("notes");
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.RevocationUnknown);

        await _feed.LoadAsync(default);
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.Allowed);
        _time.Advance(TimeSpan.FromSeconds(31));
        (await AuthenticateAsync(text)).Outcome.ShouldBe(VirtualKeyUseOutcome.RevocationUnknown);
    }

    private async Task<VirtualKeyUse> AuthenticateAsync(string text) => await _authenticator.AuthenticateAsync(text, RevocationFixture.Resource, default);

    private string Add(string resource, Func<VirtualKey, VirtualKey>? change = null)
    {
        var (id, secret) = (SessionId.Create(), TokenSecret.Create());
        var key = new VirtualKey
        {
            Id = id.ToString(),
            Name = "agent",
            Generation = 1,
            SecretHash = secret.Hash(),
            SecretIssuedAt = _time.GetUtcNow(),
            CreatedAt = _time.GetUtcNow(),
        };
        _grants.Access = new VirtualKeyAccess((change ?? (k => k))(key), OwnerIsActive: true, [new Grant(resource, null)], []);
        return _formats.VirtualKey.Format(new OpaqueToken(id, 1, secret));
    }
}
