using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Sessions;
using static Keyholder.Tests.Authorization.AuthorizationSamples;

namespace Keyholder.Tests.Authorization;

public sealed class ScopeGrantTests
{
    private static Consent Approved(params string[] scopes) =>
        new(Subject.User("u"), App.Id, "app.example.com", NotesUri, scopes, ClientFingerprint.Of(App), DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_step_up_keeps_what_was_approved_before() =>
        ScopeGrant.Granted(App, Notes, ["notes:write"], Approved("notes:read")).ShouldBe(["notes:read", "notes:write"]);

    [Fact]
    public void A_first_approval_grants_what_was_asked() => ScopeGrant.Granted(App, Notes, ["notes:write"], null).ShouldBe(["notes:write"]);

    [Fact]
    public void A_scope_the_resource_no_longer_has_is_not_granted() =>
        ScopeGrant.Granted(App, Notes, ["notes:read"], Approved("notes:gone")).ShouldBe(["notes:read"]);

    [Fact]
    public void A_cap_that_was_lowered_since_holds_for_old_approvals_too() =>
        ScopeGrant.Granted(App with { Source = ClientSource.Configured, Scope = "notes:read" }, Notes, ["notes:read"], Approved("notes:admin")).ShouldBe(["notes:read"]);
}
