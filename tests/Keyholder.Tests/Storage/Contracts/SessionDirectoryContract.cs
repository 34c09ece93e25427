using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class SessionDirectoryContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset EntriesExpireAt = Now.AddHours(1);

    [Fact]
    public async Task A_session_is_listed_with_the_names_of_its_client_and_user()
    {
        var user = await AddUserAsync("u1");
        await Db.Clients.AddAsync(Sample.Client("client-1", Now), 10, Now, Now, default);
        var session = await AddAsync(s => s with { Subject = Subject.User("u1"), Scopes = [Hostile], Resource = Hostile });

        var listed = (await ListAsync()).ShouldHaveSingleItem();

        listed.ShouldBeRow(new SessionListing
        {
            Id = session.Id,
            Subject = session.Subject,
            SubjectName = user.DisplayName,
            ClientId = "client-1",
            ClientName = "client client-1",
            Resource = Hostile,
            Scopes = [Hostile],
            AuthenticatedAt = session.AuthenticatedAt,
            CreatedAt = session.CreatedAt,
            LastUsedAt = session.LastUsedAt,
            ExpiresAt = session.IdleExpiresAt,
        });
        (await Db.SessionDirectory.FindAsync(session.Id, default)).ShouldBeRow(listed);
    }

    [Fact]
    public async Task A_session_whose_client_and_user_are_gone_is_still_listed()
    {
        var session = await AddAsync(s => s with { Subject = Subject.User("gone"), ClientId = Hostile });

        var listed = (await ListAsync()).ShouldHaveSingleItem();

        (listed.Id, listed.ClientId, listed.ClientName, listed.SubjectName).ShouldBe((session.Id, Hostile, null, null));
    }

    [Fact]
    public async Task Pages_are_newest_first_with_the_id_as_tie_break_and_cover_everything_once()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 23; i++)
        {
            var at = Now.AddMilliseconds(i / 4);
            sessions.Add(await AddAsync(s => s with { CreatedAt = at }));
        }

        var pages = await PagesAsync(new SessionQuery { Limit = 5 });

        pages.Select(page => page.Count).ShouldBe([5, 5, 5, 5, 3, 0]);
        pages.SelectMany(page => page).Select(listed => listed.Id)
            .ShouldBe(sessions.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id.Value).Select(s => s.Id));
    }

    [Fact]
    public async Task Sessions_opened_while_paging_move_nothing()
    {
        var before = new List<SessionId>();
        for (var i = 0; i < 6; i++)
        {
            before.Add((await AddAsync(s => s with { CreatedAt = Now.AddSeconds(i) })).Id);
        }

        var first = await ListAsync(new SessionQuery { Limit = 3 });
        await AddAsync(s => s with { CreatedAt = Now.AddSeconds(60) });
        var second = await ListAsync(new SessionQuery { Limit = 3, After = first[^1].Position });

        first.Concat(second).Select(listed => listed.Id).ShouldBe(Enumerable.Reverse(before));
    }

    [Fact]
    public async Task Revoked_and_expired_sessions_are_found_but_not_listed()
    {
        var idle = await AddAsync(s => s with { IdleExpiresAt = Now });
        var ended = await AddAsync(s => s with { AbsoluteExpiresAt = Now });
        var revoked = await AddAsync();
        await RevokeAsync(revoked.Id);

        (await ListAsync()).ShouldBeEmpty();
        (await Db.SessionDirectory.FindAsync(idle.Id, default)).ShouldNotBeNull().ExpiresAt.ShouldBe(Now);
        (await Db.SessionDirectory.FindAsync(ended.Id, default)).ShouldNotBeNull().ExpiresAt.ShouldBe(Now);
        var found = (await Db.SessionDirectory.FindAsync(revoked.Id, default)).ShouldNotBeNull();
        (found.RevokedAt, found.RevokedReason).ShouldBe((Now, RevocationReasons.ClientRequest));
        (await Db.SessionDirectory.FindAsync(SessionId.Create(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Filters_have_to_match_all_and_exactly()
    {
        var user = await AddAsync(s => s with { Subject = Subject.User("u1"), ClientId = "a" });
        var other = await AddAsync(s => s with { Subject = Subject.User("u2"), ClientId = "a" });
        var key = await AddAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, "u1"), ClientId = "b" });

        (await IdsAsync(new SessionQuery { Subject = Subject.User("u1"), Limit = 100 })).ShouldBe([user.Id]);
        (await IdsAsync(new SessionQuery { Subject = new Subject(SubjectKind.VirtualKey, "u1"), Limit = 100 })).ShouldBe([key.Id]);
        (await IdsAsync(new SessionQuery { SubjectKind = SubjectKind.User, Limit = 100 })).ShouldBe([user.Id, other.Id], ignoreOrder: true);
        (await IdsAsync(new SessionQuery { ClientId = "a", Subject = Subject.User("u2"), Limit = 100 })).ShouldBe([other.Id]);
        (await IdsAsync(new SessionQuery { ClientId = "a", SubjectKind = SubjectKind.VirtualKey, Limit = 100 })).ShouldBeEmpty();
        (await IdsAsync(new SessionQuery { Subject = Subject.User("u1"), SubjectKind = SubjectKind.VirtualKey, Limit = 100 })).ShouldBeEmpty();
        (await IdsAsync(new SessionQuery { ClientId = "A", Limit = 100 })).ShouldBeEmpty();
        (await IdsAsync(new SessionQuery { Subject = Subject.User("u"), Limit = 100 })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_is_found_in_client_ids_client_names_and_user_names_whatever_its_case()
    {
        await AddUserAsync("u1");
        await Db.Clients.AddAsync(Sample.Client("known", Now) with { Name = "Claude Code" }, 10, Now, Now, default);
        var byUser = await AddAsync(s => s with { Subject = Subject.User("u1"), ClientId = "x1" });
        var byName = await AddAsync(s => s with { ClientId = "known" });
        await Db.ClientSnapshots.PutAsync("https://app.example/client.json", "{}", Now, default);
        var byId = await AddAsync(s => s with { ClientId = "https://app.example/client.json" });

        (await IdsAsync(new SessionQuery { Text = "PERSON1 u", Limit = 100 })).ShouldBe([byUser.Id]);
        (await IdsAsync(new SessionQuery { Text = "name-of-u1", Limit = 100 })).ShouldBe([byUser.Id]);
        (await IdsAsync(new SessionQuery { Text = "claude", Limit = 100 })).ShouldBe([byName.Id]);
        (await IdsAsync(new SessionQuery { Text = "app.example", Limit = 100 })).ShouldBe([byId.Id]);
        (await IdsAsync(new SessionQuery { Text = "n", Limit = 100 })).ShouldBe([byUser.Id, byName.Id, byId.Id], ignoreOrder: true);
        (await IdsAsync(new SessionQuery { Text = "n", ClientId = "known", Limit = 100 })).ShouldBe([byName.Id]);
        (await IdsAsync(new SessionQuery { Text = "elsewhere", MatchingClients = ["x1"], Limit = 100 })).ShouldBe([byUser.Id]);
        (await IdsAsync(new SessionQuery { Text = "nobody", Limit = 100 })).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData(@"\")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData(@"\%")]
    public async Task No_character_of_a_text_is_a_wildcard(string text)
    {
        await AddClientsAsync("plain", "a" + text + "b");
        await AddAsync(s => s with { ClientId = "plain" });
        var literal = await AddAsync(s => s with { ClientId = "a" + text + "b" });

        (await IdsAsync(new SessionQuery { Text = text, Limit = 100 })).ShouldBe([literal.Id]);
    }

    [Fact]
    public async Task A_text_that_many_names_match_pages_like_any_other()
    {
        await AddClientsAsync([.. Enumerable.Range(0, 70).Select(i => $"many-{i}")]);
        var sessions = new List<Session>();
        for (var i = 0; i < 70; i++)
        {
            sessions.Add(await AddAsync(s => s with { ClientId = $"many-{i}", CreatedAt = Now.AddSeconds(i) }));
        }

        await AddAsync(s => s with { ClientId = "other" });

        var pages = await PagesAsync(new SessionQuery { Text = "MANY-", Limit = 30 });

        pages.SelectMany(page => page).Select(listed => listed.Id).ShouldBe(Enumerable.Reverse(sessions).Select(s => s.Id));
    }

    [Fact]
    public async Task A_text_that_many_names_match_finds_their_sessions_behind_any_number_of_newer_ones()
    {
        await AddClientsAsync([.. Enumerable.Range(0, 30).Select(i => $"many-{i}"), "busy"]);
        var old = new List<Session>();
        for (var i = 0; i < 30; i += 10)
        {
            old.Add(await AddAsync(s => s with { ClientId = $"many-{i}", CreatedAt = Now.AddSeconds(i) }));
        }

        for (var i = 0; i < 50; i++)
        {
            await AddAsync(s => s with { ClientId = "busy", CreatedAt = Now.AddHours(1) });
        }

        var pages = await PagesAsync(new SessionQuery { Text = "many-", Limit = 1 });

        pages.SelectMany(page => page).Select(listed => listed.Id).ShouldBe(Enumerable.Reverse(old).Select(s => s.Id));
    }

    [Fact]
    public async Task A_client_that_is_gone_is_found_by_its_whole_id()
    {
        var session = await AddAsync(s => s with { ClientId = "gone-client" });

        (await IdsAsync(new SessionQuery { Text = "gone-client", Limit = 100 })).ShouldBe([session.Id]);
        (await IdsAsync(new SessionQuery { Text = "gone-clien", Limit = 100 })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_of_a_user_finds_no_session_of_another_kind_of_subject()
    {
        await AddUserAsync("u1");
        await AddAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, "u1") });
        var own = await AddAsync(s => s with { Subject = Subject.User("u1") });

        (await IdsAsync(new SessionQuery { Text = "name-of-u1", Limit = 100 })).ShouldBe([own.Id]);
        (await IdsAsync(new SessionQuery { Text = "name-of-u1", SubjectKind = SubjectKind.User, Limit = 100 })).ShouldBe([own.Id]);
        (await IdsAsync(new SessionQuery { Text = "name-of-u1", Subject = Subject.User("u1"), Limit = 100 })).ShouldBe([own.Id]);
        (await IdsAsync(new SessionQuery { Text = "name-of-u1", SubjectKind = SubjectKind.VirtualKey, Limit = 100 })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_is_found_in_the_names_of_virtual_keys()
    {
        var key = Sample.VirtualKey("Nightly build", Now);
        (await Db.VirtualKeys.AddAsync(key, Sample.Audit(Now, "test"), default)).ShouldBe(VirtualKeyWriteOutcome.Done);
        var session = await AddAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, key.Id) });
        await AddAsync(s => s with { Subject = Subject.User(key.Id) });

        (await IdsAsync(new SessionQuery { Text = "nightly", Limit = 100 })).ShouldBe([session.Id]);
        (await IdsAsync(new SessionQuery { Text = "nightly", Subject = session.Subject, Limit = 100 })).ShouldBe([session.Id]);
        (await IdsAsync(new SessionQuery { Text = "nightly", SubjectKind = SubjectKind.User, Limit = 100 })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Few_matching_names_with_many_sessions_each_merge_into_one_order()
    {
        await AddClientsAsync("few-0", "few-1", "few-2");
        var sessions = new List<Session>();
        for (var i = 0; i < 20; i++)
        {
            sessions.Add(await AddAsync(s => s with { ClientId = $"few-{i % 3}", CreatedAt = Now.AddSeconds(i) }));
        }

        var pages = await PagesAsync(new SessionQuery { Text = "few", Limit = 6 });

        pages.SelectMany(page => page).Select(listed => listed.Id).ShouldBe(Enumerable.Reverse(sessions).Select(s => s.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_limit_below_1_is_a_bug(int limit) =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await ListAsync(new SessionQuery { Limit = limit }));

    [Fact]
    public async Task A_bulk_revocation_writes_a_log_entry_and_an_audit_event_for_each_session_and_counts_as_announced()
    {
        var mine = new[] { await AddAsync(s => s with { Subject = Subject.User("u1") }), await AddAsync(s => s with { Subject = Subject.User("u1") }) };
        var other = await AddAsync(s => s with { Subject = Subject.User("u2") });
        var selector = new SessionSelector { Subject = Subject.User("u1") };
        (await Db.SessionDirectory.CountAsync(selector, default)).ShouldBe(2);

        var revoked = await RevokeAllAsync(selector);

        revoked.ShouldBe(mine.Select(s => s.Id), ignoreOrder: true);
        var entries = await Db.Revocations.ReadAfterAsync(0, Now, default);
        entries.Select(entry => entry.Revocation).ShouldBe(
            mine.Select(s => new RevocationEntry(new(RevocationTargetKind.Session, s.Id.ToString()), Now, EntriesExpireAt, RevocationReasons.Operator)), ignoreOrder: true);
        var audited = await Db.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Limit = 100 }, default);
        audited.Select(entry => entry.Event).ShouldBe(
            mine.Select(s => Sample.Audit(Now, AuditActions.SessionRevoked) with { Target = $"session:{s.Id}" }), ignoreOrder: true);
        (await Db.Sessions.FindAsync(mine[0].Id, default)).ShouldNotBeNull().RevokedReason.ShouldBe(RevocationReasons.Operator);
        (await Db.Sessions.FindAsync(other.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
        (await Db.SessionDirectory.CountAsync(selector, default)).ShouldBe(0);
        (await RevokeAllAsync(selector)).ShouldBeEmpty();
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Every_part_of_a_selector_narrows_it()
    {
        var match = await AddAsync(s => s with { Subject = Subject.User("u1"), ClientId = "c", Resource = "r" });
        await AddAsync(s => s with { Subject = Subject.User("u2"), ClientId = "c", Resource = "r" });
        await AddAsync(s => s with { Subject = Subject.User("u1"), ClientId = "d", Resource = "r" });
        await AddAsync(s => s with { Subject = Subject.User("u1"), ClientId = "c", Resource = "q" });
        await AddAsync(s => s with { Subject = new Subject(SubjectKind.VirtualKey, "u1"), ClientId = "c", Resource = "r" });

        (await Db.SessionDirectory.CountAsync(new SessionSelector { ClientId = "c" }, default)).ShouldBe(4);
        (await Db.SessionDirectory.CountAsync(new SessionSelector { Resource = "r" }, default)).ShouldBe(4);
        (await Db.SessionDirectory.CountAsync(new SessionSelector { SubjectKind = SubjectKind.User }, default)).ShouldBe(4);
        var all = new SessionSelector { ClientId = "c", Resource = "r", SubjectKind = SubjectKind.User, Subject = Subject.User("u1") };
        (await RevokeAllAsync(all)).ShouldBe([match.Id]);
    }

    [Fact]
    public async Task An_empty_selector_is_a_bug_and_revokes_nothing()
    {
        var session = await AddAsync();

        await Should.ThrowAsync<ArgumentException>(() => RevokeAllAsync(new SessionSelector()));
        await Should.ThrowAsync<ArgumentException>(() => Db.SessionDirectory.CountAsync(new SessionSelector(), default));

        (await Db.Sessions.FindAsync(session.Id, default)).ShouldNotBeNull().RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Bulk_and_single_revocations_at_once_revoke_each_session_once()
    {
        var sessions = new List<Session>();
        for (var i = 0; i < 16; i++)
        {
            sessions.Add(await AddAsync(s => s with { Subject = Subject.User("u1") }));
        }

        var counts = await RaceAsync(
            20,
            () => Db.SessionDirectory.CountAsync(new SessionSelector { ClientId = "warm" }, default),
            async i => i < 16
                ? await RevokeAsync(sessions[i].Id) == SessionRevokeOutcome.Revoked ? 1 : 0
                : (await RevokeAllAsync(new SessionSelector { Subject = Subject.User("u1") })).Count);

        counts.Sum().ShouldBe(16);
        (await Db.Revocations.ReadAfterAsync(0, Now, default)).Count.ShouldBe(16);
        (await Db.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Limit = 100 }, default)).Count.ShouldBe(16);
    }

    [Fact]
    public async Task Forgetting_a_consent_asks_that_person_again_about_that_client_and_resource_only()
    {
        var session = await AddAsync(s => s with { Subject = Subject.User("u1") });
        var consent = Sample.Consent(Now, "tools:read");
        Consent[] forgotten = [consent, consent with { RedirectHost = "client.example" }];
        Consent[] kept = [consent with { ClientId = "client-2" }, consent with { Resource = "https://gate.example/mcp/mail" }, consent with { Subject = Subject.User("u2") }];
        foreach (var given in forgotten.Concat(kept))
        {
            var request = Sample.Request(Now, AuthorizationPhase.Consent);
            await Db.AuthorizationRequests.AddAsync(request, default);
            (await Db.AuthorizationRequests.ConsentAsync(request.Id, given, null, Now, default)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        }

        (await Db.SessionDirectory.ForgetConsentAsync(session.Id, Sample.Audit(Now, AuditActions.ConsentForgotten), default)).ShouldBeTrue();

        foreach (var given in forgotten)
        {
            (await FindAsync(given)).ShouldBeNull();
        }

        foreach (var given in kept)
        {
            (await FindAsync(given)).ShouldNotBeNull();
        }

        (await Db.Sessions.FindAsync(session.Id, default)).ShouldBeRow(session);
        (await AuditedActionsAsync()).ShouldContain(AuditActions.ConsentForgotten);
    }

    [Fact]
    public async Task Nothing_is_forgotten_for_an_unknown_or_revoked_session()
    {
        var session = await AddAsync();
        await RevokeAsync(session.Id);

        (await Db.SessionDirectory.ForgetConsentAsync(session.Id, Sample.Audit(Now, AuditActions.ConsentForgotten), default)).ShouldBeFalse();
        (await Db.SessionDirectory.ForgetConsentAsync(SessionId.Create(), Sample.Audit(Now, AuditActions.ConsentForgotten), default)).ShouldBeFalse();

        (await AuditedActionsAsync()).ShouldNotContain(AuditActions.ConsentForgotten);
    }

    private Task<Session> AddAsync(Func<Session, Session>? change = null) => AddSessionAsync((change ?? (s => s))(Sample.Session(Now)));

    private Task<IReadOnlyList<SessionListing>> ListAsync(SessionQuery? query = null) => Db.SessionDirectory.ListAsync(query ?? new SessionQuery { Limit = 100 }, Now, default);

    private async Task<IEnumerable<SessionId>> IdsAsync(SessionQuery query) => (await ListAsync(query)).Select(listed => listed.Id);

    private async Task<List<IReadOnlyList<SessionListing>>> PagesAsync(SessionQuery query)
    {
        var pages = new List<IReadOnlyList<SessionListing>>();
        do
        {
            pages.Add(await ListAsync(query));
            query = query with { After = pages[^1] is [.., var last] ? last.Position : null };
        }
        while (pages[^1].Count > 0);
        return pages;
    }

    private Task<SessionRevokeOutcome> RevokeAsync(SessionId id) => Db.Sessions.RevokeAsync(
        id, RevocationReasons.ClientRequest, Sample.Revocation(id, Now), Sample.Audit(Now, AuditActions.SessionRevoked) with { Target = $"session:{id}" }, Now, default);

    private Task<IReadOnlyList<SessionId>> RevokeAllAsync(SessionSelector selector) =>
        Db.SessionDirectory.RevokeAsync(selector, RevocationReasons.Operator, EntriesExpireAt, Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);

    private async Task AddClientsAsync(params IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            (await Db.Clients.AddAsync(Sample.Client(id, Now), 1000, Now, Now, default)).ShouldBe(ClientAddOutcome.Added);
        }
    }

    private Task<Consent?> FindAsync(Consent consent) => Db.Consents.FindAsync(consent.Subject, consent.ClientId, consent.RedirectHost, consent.Resource, default);
}
