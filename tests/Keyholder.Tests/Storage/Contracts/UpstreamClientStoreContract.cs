using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class UpstreamClientStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_registration_comes_back_as_it_was_stored()
    {
        var client = Client("github") with { Issuer = Hostile, ClientId = Hostile, Envelope = [1, 2, 3], SecretExpiresAt = Now.AddDays(1), RedirectUri = Hostile };
        var sparse = Client("linear") with { Envelope = null, SecretExpiresAt = null };

        (await PutAsync(client)).ShouldBe(UpstreamClientPutOutcome.Stored);
        (await PutAsync(sparse)).ShouldBe(UpstreamClientPutOutcome.Stored);

        (await Db.UpstreamClients.FindAsync("github", default)).ShouldBeRow(client);
        (await Db.UpstreamClients.FindAsync("linear", default)).ShouldBeRow(sparse);
        (await Db.UpstreamClients.FindAsync("GitHub", default)).ShouldBeNull();
        (await AuditedActionsAsync()).ShouldBe([AuditActions.UpstreamClientRegistered, AuditActions.UpstreamClientRegistered]);
    }

    [Fact]
    public async Task Only_the_next_generation_replaces_a_registration()
    {
        var first = Client("github");
        await PutAsync(first);

        (await PutAsync(first with { ClientId = "other" })).ShouldBe(UpstreamClientPutOutcome.Conflict);
        (await PutAsync(first with { Generation = 3 })).ShouldBe(UpstreamClientPutOutcome.Conflict);
        (await PutAsync(Client("linear") with { Generation = 2 })).ShouldBe(UpstreamClientPutOutcome.Conflict);
        (await Db.UpstreamClients.FindAsync("github", default)).ShouldBeRow(first);
        (await Db.UpstreamClients.FindAsync("linear", default)).ShouldBeNull();

        var second = first with { Generation = 2, Issuer = "https://other.example", ClientId = "c2", CreatedAt = Now.AddMinutes(1) };
        (await PutAsync(second)).ShouldBe(UpstreamClientPutOutcome.Stored);

        (await Db.UpstreamClients.FindAsync("github", default)).ShouldBeRow(second);
        (await AuditedActionsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_client_marks_the_credentials_of_the_old_one_and_no_others()
    {
        await PutAsync(Client("github"));
        var active = await CredentialAsync("github", "u1", CredentialStatus.Active);
        var other = await CredentialAsync("github", "u2", CredentialStatus.Active);
        var orphaned = await CredentialAsync("github", "u3", CredentialStatus.Orphaned);
        var elsewhere = await CredentialAsync("linear", "u1", CredentialStatus.Active);

        await PutAsync(Client("github") with { Generation = 2, CreatedAt = Now.AddMinutes(1) });

        foreach (var marked in new[] { active, other })
        {
            var row = (await Db.Credentials.FindAsync(marked.Key, default))!;
            row.Status.ShouldBe(CredentialStatus.NeedsReauth);
            row.StatusReason.ShouldBe("upstream_client_changed");
            row.UpdatedAt.ShouldBe(Now.AddMinutes(1));
            row.Version.ShouldBe(marked.Version);
            row.Envelope.ShouldBe(marked.Envelope);
        }

        (await Db.Credentials.FindAsync(orphaned.Key, default)).ShouldBeRow(orphaned);
        (await Db.Credentials.FindAsync(elsewhere.Key, default)).ShouldBeRow(elsewhere);
    }

    [Fact]
    public async Task A_first_or_a_refused_registration_marks_nothing()
    {
        var credential = await CredentialAsync("github", "u1", CredentialStatus.Active);

        await PutAsync(Client("github"));
        await PutAsync(Client("github") with { Generation = 3 });

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
    }

    [Fact]
    public async Task Of_many_registrations_at_once_one_is_kept_and_all_others_are_told()
    {
        var outcomes = await RaceAsync(
            16,
            () => PutAsync(Client("warm")),
            i => PutAsync(Client("github") with { ClientId = $"c{i}" }));

        outcomes.Count(o => o == UpstreamClientPutOutcome.Stored).ShouldBe(1);
        outcomes.Count(o => o == UpstreamClientPutOutcome.Conflict).ShouldBe(15);
        (await Db.UpstreamClients.FindAsync("github", default))!.ClientId.ShouldBe($"c{outcomes.ToList().IndexOf(UpstreamClientPutOutcome.Stored)}");
    }

    [Fact]
    public async Task A_registration_that_is_replaced_while_it_stands_is_kept_and_its_credentials_are_left_alone()
    {
        var first = Client("github") with { RedirectUri = null, SecretExpiresAt = Now.AddDays(1) };
        var second = Client("github") with { Generation = 2, ClientId = "c2", RedirectUri = "https://keys.example/callback/github", CreatedAt = Now.AddMinutes(1) };
        var third = second with { Generation = 3, ClientId = "c3" };
        await PutAsync(first);
        var credential = await CredentialAsync("github", "u1", CredentialStatus.Active);

        (await PutAsync(second, keepsFormer: true)).ShouldBe(UpstreamClientPutOutcome.Stored);
        (await PutAsync(third, keepsFormer: true)).ShouldBe(UpstreamClientPutOutcome.Stored);

        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
        (await Db.UpstreamClients.FindAsync("github", default)).ShouldBeRow(third);
        (await Db.UpstreamClients.FindAsync("github", first.Issuer, "c1", default)).ShouldBeRow(first);
        (await Db.UpstreamClients.FindAsync("github", first.Issuer, "c2", default)).ShouldBeRow(second);
        (await Db.UpstreamClients.FindAsync("github", first.Issuer, "c3", default)).ShouldBeRow(third);
    }

    [Fact]
    public async Task A_registration_is_found_by_its_id_only_at_its_own_issuer_and_for_its_own_provider()
    {
        await PutAsync(Client("github"));
        await PutAsync(Client("github") with { Generation = 2, ClientId = "c2" }, keepsFormer: true);

        (await Db.UpstreamClients.FindAsync("github", "https://other.example", "c1", default)).ShouldBeNull();
        (await Db.UpstreamClients.FindAsync("github", "https://as.example/", "c1", default)).ShouldBeNull();
        (await Db.UpstreamClients.FindAsync("linear", "https://as.example", "c1", default)).ShouldBeNull();
        (await Db.UpstreamClients.FindAsync("GitHub", "https://as.example", "c1", default)).ShouldBeNull();
        (await Db.UpstreamClients.FindAsync("github", "https://as.example", "C1", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_registration_is_found_by_the_redirect_URI_it_was_made_for_and_the_newest_counts()
    {
        const string here = "https://keys.example/callback/github";
        const string there = "https://old-keys.example/callback/github";
        var second = Client("github") with { Generation = 2, ClientId = "c2", RedirectUri = there };
        var fourth = Client("github") with { Generation = 4, ClientId = "c4", RedirectUri = there };
        await PutAsync(Client("github") with { RedirectUri = null });
        await PutAsync(second, keepsFormer: true);
        (await Db.UpstreamClients.FindForAsync("github", second.Issuer, here, default)).ShouldBeNull();
        await PutAsync(Client("github") with { Generation = 3, ClientId = "c3", RedirectUri = here }, keepsFormer: true);

        (await Db.UpstreamClients.FindForAsync("github", second.Issuer, here, default))!.ClientId.ShouldBe("c3");
        (await Db.UpstreamClients.FindForAsync("github", second.Issuer, there, default)).ShouldBeRow(second);
        await PutAsync(fourth, keepsFormer: true);
        (await Db.UpstreamClients.FindForAsync("github", second.Issuer, there, default)).ShouldBeRow(fourth);
        (await Db.UpstreamClients.FindForAsync("github", "https://other.example", there, default)).ShouldBeNull();
        (await Db.UpstreamClients.FindForAsync("linear", second.Issuer, there, default)).ShouldBeNull();
        (await Db.UpstreamClients.FindForAsync("github", second.Issuer, there + "/", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_registration_that_does_not_stand_any_more_is_gone_once_it_is_replaced()
    {
        await PutAsync(Client("github"));
        await PutAsync(Client("github") with { Generation = 2, ClientId = "c2" });

        (await Db.UpstreamClients.FindAsync("github", "https://as.example", "c1", default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_id_that_was_given_again_names_the_newest_registration()
    {
        var second = Client("github") with { Generation = 2, Envelope = [2] };
        await PutAsync(Client("github"));
        await PutAsync(second, keepsFormer: true);
        (await Db.UpstreamClients.FindAsync("github", second.Issuer, "c1", default)).ShouldBeRow(second);

        await PutAsync(Client("github") with { Generation = 3, ClientId = "c3" }, keepsFormer: true);
        (await Db.UpstreamClients.FindAsync("github", second.Issuer, "c1", default)).ShouldBeRow(second);
    }

    [Fact]
    public async Task A_refused_registration_keeps_no_former_one()
    {
        await PutAsync(Client("github"));
        (await PutAsync(Client("github") with { Generation = 3, ClientId = "c3" }, keepsFormer: true)).ShouldBe(UpstreamClientPutOutcome.Conflict);
        (await PutAsync(Client("github") with { Generation = 2, ClientId = "c2" })).ShouldBe(UpstreamClientPutOutcome.Stored);

        (await Db.UpstreamClients.FindAsync("github", "https://as.example", "c1", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_replacements_at_once_one_counts_and_the_former_one_is_kept_once()
    {
        await PutAsync(Client("github"));
        var credential = await CredentialAsync("github", "u1", CredentialStatus.Active);

        var outcomes = await RaceAsync(
            16,
            () => PutAsync(Client("warm")),
            i => PutAsync(Client("github") with { Generation = 2, ClientId = $"c{i + 2}" }, keepsFormer: true));

        outcomes.Count(o => o == UpstreamClientPutOutcome.Stored).ShouldBe(1);
        outcomes.Count(o => o == UpstreamClientPutOutcome.Conflict).ShouldBe(15);
        (await Db.UpstreamClients.FindAsync("github", default))!.ClientId.ShouldBe($"c{outcomes.ToList().IndexOf(UpstreamClientPutOutcome.Stored) + 2}");
        (await Db.UpstreamClients.FindAsync("github", "https://as.example", "c1", default)).ShouldBeRow(Client("github"));
        (await Db.Credentials.FindAsync(credential.Key, default)).ShouldBeRow(credential);
    }

    private static StoredUpstreamClient Client(string provider) => new()
    {
        Provider = provider,
        Issuer = "https://as.example",
        Generation = 1,
        ClientId = "c1",
        AuthMethod = "client_secret_basic",
        Envelope = [9],
        CreatedAt = Now,
    };

    private Task<UpstreamClientPutOutcome> PutAsync(StoredUpstreamClient client, bool keepsFormer = false) =>
        Db.UpstreamClients.PutAsync(client, keepsFormer, Sample.Audit(Now, AuditActions.UpstreamClientRegistered), default);

    private async Task<StoredCredential> CredentialAsync(string provider, string owner, CredentialStatus status)
    {
        var credential = Sample.Credential(Now, provider, owner) with { Status = status };
        (await Db.Credentials.PutAsync(credential, 0, null, default)).ShouldBe(CredentialPutOutcome.Stored);
        return credential;
    }
}
