using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;

namespace Keyholder.Tests.Revocation;

public sealed class RevocationPolicyTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ResourceSnapshot Resources = new([RevocationFixture.Resource], [RevocationFixture.Provider]);

    [Theory]
    [InlineData(RevocationTargetKind.Session, "not-a-session", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.Subject, "person1", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.Subject, "user:a\nb", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.All, "everything", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.Token, "", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.Client, " client", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.Client, "client\0", RevocationProblem.TargetMalformed)]
    [InlineData(RevocationTargetKind.Provider, "gitlab", RevocationProblem.ProviderUnknown)]
    [InlineData(RevocationTargetKind.Resource, "note", RevocationProblem.ResourceUnknown)]
    public void A_target_that_means_nothing_is_refused(RevocationTargetKind kind, string value, RevocationProblem problem) =>
        RevocationPolicy.Plan(new(new(kind, value)), Resources, Now).ShouldBe((null, problem));

    [Fact]
    public void A_value_that_is_too_long_is_refused() =>
        RevocationPolicy.Plan(new(new(RevocationTargetKind.Client, new string('c', 2049))), Resources, Now).Problem.ShouldBe(RevocationProblem.TargetMalformed);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nforged line")]
    public void A_reason_is_printable(string reason) =>
        RevocationPolicy.Plan(new(new(RevocationTargetKind.All, "")) { Reason = reason }, Resources, Now).Problem.ShouldBe(RevocationProblem.ReasonMalformed);

    [Fact]
    public void An_expiry_lies_ahead_and_belongs_to_a_token_or_a_quarantine()
    {
        var all = new RevocationRequest(new(RevocationTargetKind.All, ""));
        RevocationPolicy.Plan(all with { ExpiresAt = Now.AddHours(1) }, Resources, Now).Problem.ShouldBe(RevocationProblem.ExpiryNotApplicable);
        RevocationPolicy.Plan(all with { ExpiresAt = Now, Quarantine = true }, Resources, Now).Problem.ShouldBe(RevocationProblem.ExpiryPast);
        RevocationPolicy.Plan(all with { ExpiresAt = Now.AddHours(1), Quarantine = true }, Resources, Now).Planned!.Entry.ExpiresAt.ShouldBe(Now.AddHours(1));
    }

    [Fact]
    public void A_resource_may_be_named_and_a_provider_stands_for_its_resources()
    {
        var resource = RevocationPolicy.Plan(new(new(RevocationTargetKind.Resource, "notes")), Resources, Now).Planned!;
        resource.Entry.Target.Value.ShouldBe(RevocationFixture.Resource.Uri);
        resource.Resources.ShouldBe([RevocationFixture.Resource.Uri]);

        var provider = RevocationPolicy.Plan(new(new(RevocationTargetKind.Provider, "github")), Resources, Now).Planned!;
        provider.Resources.ShouldBe([RevocationFixture.Resource.Uri]);
        RevocationPolicy.Plan(new(new(RevocationTargetKind.Resource, "https://gone.example/mcp")), Resources, Now).Planned.ShouldNotBeNull();
    }

    [Fact]
    public void An_entry_stands_for_as_long_as_something_it_matches_can_live()
    {
        Plan(RevocationTargetKind.Token, "jti").ExpiresAt.ShouldBe(Now.AddMinutes(65));
        Plan(RevocationTargetKind.Token, "kh_bs_abc").ExpiresAt.ShouldBe(Now.AddDays(30).AddMinutes(5));
        Plan(RevocationTargetKind.Client, "client").ExpiresAt.ShouldBeGreaterThan(Now.AddMinutes(60 + 10 + 60));
        Plan(RevocationTargetKind.Subject, "user:u1").ExpiresAt.ShouldBe(Now.AddHours(3));
        Plan(RevocationTargetKind.Session, SessionId.Create().ToString(), quarantine: true).ExpiresAt.ShouldBe(RevocationEntry.Never);
    }

    [Theory]
    [InlineData(RevocationTargetKind.Resource, "notes")]
    [InlineData(RevocationTargetKind.Provider, "github")]
    [InlineData(RevocationTargetKind.Client, "vk:AAECAwQFBgcICQoLDA0ODw")]
    public void A_cut_off_that_meets_secrets_of_virtual_keys_stands_for_ever_because_they_have_no_end(RevocationTargetKind kind, string value)
    {
        Plan(kind, value).ExpiresAt.ShouldBe(RevocationEntry.Never);
        Plan(kind, value, quarantine: true).ExpiresAt.ShouldBe(RevocationEntry.Never);
    }

    private static RevocationEntry Plan(RevocationTargetKind kind, string value, bool quarantine = false) =>
        RevocationPolicy.Plan(new(new(kind, value)) { Quarantine = quarantine }, Resources, Now).Planned!.Entry;
}
