using System.Text;
using Keyholder.Audit;
using Keyholder.Import;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Import;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;
using Keyholder.Tests.Vault;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>A whole import, and what is left of one that is killed.</summary>
public abstract class ImportContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    private readonly ManualTimeProvider _time = new(Now);
    private readonly EnvelopeSealer _sealer = new(VaultKeys.Ring(1));

    private static ResourceSnapshot Resources { get; } = new(
        [], [Providers.OAuth2() with { Owner = ProviderOwner.Session }, Providers.OAuth2() with { Name = "gitlab" }, Providers.OAuth2() with { Name = "corp" }]);

    private static Dictionary<string, string> Names => new() { ["oauth"] = "github", ["oauth2"] = "gitlab", ["oidc"] = "corp" };

    [Fact]
    public async Task Credentials_of_a_session_come_to_lie_under_the_owner_and_the_logical_name_with_their_expiry()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var expired = Now.AddDays(-400).AddTicks(5);

        var report = await ImportAsync(
            $$"""{"kind":"credential","session":"{{session.Id}}","provider":"oauth","access_token":"at-1","refresh_token":"rt-1","expires_at":"{{expired:O}}","scope":"repo","account":"583231"}""",
            $$"""{"kind":"credential","session":"{{session.Id}}","provider":"oauth2","access_token":"at-2","token_type":"token"}""");

        report.ShouldBe(new ImportReport(Imported: 2, Kept: 0));
        var first = await FindAsync(new(new(CredentialOwnerKind.Session, session.Id.ToString()), "github"));
        first.Tokens.ShouldBe(new TokenSet { AccessToken = "at-1", TokenType = "Bearer", RefreshToken = "rt-1", ExpiresAt = expired, Scope = "repo" });
        first.Row!.ProviderSubject.ShouldBe("583231");
        first.Row.Binding.ShouldBe(new CredentialBinding(session.Subject, session.ClientId));
        first.Row.ExpiresAt!.Value.ToUnixTimeMilliseconds().ShouldBe(expired.ToUnixTimeMilliseconds());
        var second = await FindAsync(new(CredentialOwner.Of(session.Subject), "gitlab"));
        second.Tokens.ShouldBe(new TokenSet { AccessToken = "at-2", TokenType = "token" });
        second.Row!.ExpiresAt.ShouldBeNull();
    }

    [Fact]
    public async Task An_import_that_is_killed_before_or_after_any_of_its_writes_is_finished_by_the_next_and_looks_as_if_nothing_had_happened()
    {
        for (var write = 0; ; write++)
        {
            var sessions = new List<Session>();
            for (var i = 0; i < 3; i++)
            {
                sessions.Add(await AddSessionAsync(Sample.Session(Now)));
            }

            var lines = sessions.Select(s => $$"""{"kind":"credential","session":"{{s.Id}}","provider":"oauth","access_token":"at-{{s.Id}}"}""")
                .Append($$"""{"kind":"identity","provider":"oidc","subject":"{{sessions[0].Id}}","display_name":"Person1"}""").ToArray();
            var killed = false;
            foreach (var after in new[] { false, true })
            {
                try
                {
                    await ImportAsync(new KilledImportStore(Db.Imports, write, after), lines);
                }
                catch (KilledException)
                {
                    killed = true;
                    (await Db.Imports.ListAsync(default)).Count(run => run.FinishedAt is null).ShouldBeLessThanOrEqualTo(1);
                }
            }

            await ImportAsync(lines);
            (await ImportAsync(lines)).ShouldBe(new ImportReport(0, 0));

            (await Db.Imports.ListAsync(default)).ShouldAllBe(run => run.FinishedAt != null);
            foreach (var session in sessions)
            {
                (await FindAsync(new(new(CredentialOwnerKind.Session, session.Id.ToString()), "github"))).Tokens!.AccessToken.ShouldBe("at-" + session.Id);
            }

            var audited = (await Db.Audit.ListAsync(1000, default)).Where(e => sessions.Any(s => e.Target.Contains(s.Id.ToString(), StringComparison.Ordinal))).Select(e => e.Action).ToList();
            audited.Count(action => action == AuditActions.CredentialImported).ShouldBe(3);
            var user = await Db.Users.FindOrAddByIdentityAsync(new("corp", sessions[0].Id.ToString()), Sample.User("nobody", Now), Sample.Audit(Now, AuditActions.UserAdded), default);
            user.DisplayName.ShouldBe("Person1");
            if (!killed)
            {
                write.ShouldBe(6);
                return;
            }
        }
    }

    [Fact]
    public async Task What_is_there_is_never_overwritten_not_even_by_an_import_that_goes_on_after_it()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var key = new CredentialKey(new(CredentialOwnerKind.Session, session.Id.ToString()), "github");
        var line = $$"""{"kind":"credential","session":"{{session.Id}}","provider":"oauth","access_token":"old"}""";
        await Should.ThrowAsync<KilledException>(() => ImportAsync(new KilledImportStore(Db.Imports, 1, after: false), line));
        await VaultWith().StoreAsync(key, new TokenSet { AccessToken = "newer", TokenType = "Bearer" }, null, null, default);

        (await ImportAsync(line)).ShouldBe(new ImportReport(Imported: 0, Kept: 1));

        (await FindAsync(key)).Tokens!.AccessToken.ShouldBe("newer");
    }

    [Fact]
    public async Task A_credential_that_was_refreshed_between_two_runs_counts_as_imported()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var key = new CredentialKey(new(CredentialOwnerKind.Session, session.Id.ToString()), "github");
        var line = $$"""{"kind":"credential","session":"{{session.Id}}","provider":"oauth","access_token":"old"}""";
        await Should.ThrowAsync<KilledException>(() => ImportAsync(new KilledImportStore(Db.Imports, 1, after: true), line));
        var found = await FindAsync(key);
        var refresh = (await Db.CredentialRefreshes.BeginAsync(found.Row!, Now.AddMinutes(1), Now, default)).Refresh.ShouldNotBeNull();
        await VaultWith().CompleteRefreshAsync(refresh, found.Row!, new TokenSet { AccessToken = "refreshed", TokenType = "Bearer" }, null, default);

        (await ImportAsync(line)).ShouldBe(new ImportReport(Imported: 1, Kept: 0));

        (await FindAsync(key)).Tokens!.AccessToken.ShouldBe("refreshed");
    }

    [Fact]
    public async Task Records_that_nobody_could_use_are_passed_over_and_said()
    {
        var revoked = await AddSessionAsync(Sample.Session(Now));
        await Db.Sessions.RevokeAsync(revoked.Id, "operator", Sample.Revocation(revoked.Id, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default);

        var (plan, problems) = await PlanAsync(
            $$"""{"kind":"credential","session":"{{SessionId.Create()}}","provider":"oauth","access_token":"a"}""",
            "",
            $$"""{"kind":"credential","session":"{{revoked.Id}}","provider":"oauth","access_token":"b"}""");

        problems.ShouldBeEmpty();
        plan!.Credentials.ShouldBeEmpty();
        plan.PassedOver.Select(p => (p.Line, p.Message.Contains("unknown", StringComparison.Ordinal))).ShouldBe([(1, true), (3, false)]);
    }

    [Fact]
    public async Task Every_problem_is_named_with_its_line_and_nothing_is_changed()
    {
        var session = await AddSessionAsync(Sample.Session(Now));
        var credential = $$"""{"kind":"credential","session":"{{session.Id}}","provider":"oauth","access_token":"a"}""";

        var (plan, problems) = await PlanAsync(
            credential,
            credential,
            $$"""{"kind":"credential","session":"{{session.Id}}","provider":"saml","access_token":"a"}""",
            """{"kind":"identity","provider":"oidc","subject":"1","user":"nobody"}""",
            """{"kind":"identity","provider":"ldap","subject":"1"}""");

        plan.ShouldBeNull();
        problems.Select(p => p.Line).ShouldBe([2, 3, 4, 5]);
        problems[0].Message.ShouldContain("line 1");
        problems[1].Message.ShouldContain("'saml'");
        problems[2].Message.ShouldContain("'nobody'");
        problems[3].Message.ShouldContain("'ldap'");
        (await Db.Imports.ListAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_sessions_whose_tokens_would_become_one_credential_are_a_problem_that_names_both_lines()
    {
        var first = await AddSessionAsync(Sample.Session(Now));
        var second = await AddSessionAsync(Sample.Session(Now) with { Subject = first.Subject });

        var (plan, problems) = await PlanAsync(
            $$"""{"kind":"credential","session":"{{first.Id}}","provider":"oauth2","access_token":"a"}""",
            $$"""{"kind":"credential","session":"{{second.Id}}","provider":"oauth2","access_token":"b"}""");

        plan.ShouldBeNull();
        problems.ShouldHaveSingleItem().Line.ShouldBe(2);
        problems[0].Message.ShouldContain("line 1");
    }

    [Fact]
    public async Task An_identity_goes_to_the_user_it_names_by_name_or_id()
    {
        var user = await AddUserAsync();

        await ImportAsync("""{"kind":"identity","provider":"oidc","subject":"1","user":"NAME-OF-U1"}""", """{"kind":"identity","provider":"oidc","subject":"2","user":"u1"}""");

        foreach (var subject in new[] { "1", "2" })
        {
            (await Db.Users.FindOrAddByIdentityAsync(new("corp", subject), Sample.User("nobody", Now), Sample.Audit(Now, AuditActions.UserAdded), default)).Id.ShouldBe(user.Id);
        }
    }

    private CredentialVault VaultWith() => new(Db.Credentials, Db.CredentialRefreshes, Db.Audit, _sealer, _time, NullLogger<CredentialVault>.Instance);

    private Task<FoundCredential> FindAsync(CredentialKey key) => VaultWith().FindAsync(key, default);

    private Task<ImportReport> ImportAsync(params string[] lines) => ImportAsync(Db.Imports, lines);

    private async Task<ImportReport> ImportAsync(IImportStore store, params string[] lines)
    {
        var file = ImportFile.Parse(Bytes(lines), []).ShouldNotBeNull();
        var plan = (await PlanAsync(lines)).Plan.ShouldNotBeNull();
        return await new Importer(store, Db.Credentials, _sealer, _time).RunAsync(file.Digest, "/import.jsonl", plan, "cli:person1", default);
    }

    private async Task<(ImportPlan? Plan, List<ImportProblem> Problems)> PlanAsync(params string[] lines)
    {
        var problems = new List<ImportProblem>();
        var file = ImportFile.Parse(Bytes(lines), problems).ShouldNotBeNull();
        var plan = await new ImportPlanner(Db.Sessions, Db.Users, new ProviderNames(Names, Resources), _time).PlanAsync(file, problems, default);
        return (plan, problems);
    }

    private static byte[] Bytes(string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines));
}
