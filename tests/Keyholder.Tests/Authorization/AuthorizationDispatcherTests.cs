using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Authorization.Connect;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Users;
using Keyholder.Users;
using Keyholder.Vault;
using static Keyholder.Tests.Authorization.AuthorizationSamples;

namespace Keyholder.Tests.Authorization;

public sealed class AuthorizationDispatcherTests : IClientDirectory, IResourceSource, IConsentStore, ICredentialVault
{
    private readonly ManualTimeProvider _time = new();
    private readonly AuthorizationDispatcher _dispatcher;
    private readonly InMemoryUserStore _users = new();
    private Client? _client = App;
    private Consent? _consent;
    private readonly HashSet<CredentialKey> _unconnected = [];

    // Virtual keys are connected in ConnectVirtualKeyTests: no request here is for one, so nobody asks about any.
    public AuthorizationDispatcherTests() =>
        _dispatcher = new(this, this, this, _users, this, new ConnectingKeys(null!, null!, _users, _time), new AuthorizationOptions(), _time);

    public ResourceSnapshot Current { get; private set; } = Both;

    private AuthorizationRequest SignInPhase => Request(_time.GetUtcNow());

    private AuthorizationRequest ConsentPhase => SignInPhase with { Phase = AuthorizationPhase.Consent, Subject = Subject.User("u"), AuthenticatedAt = _time.GetUtcNow() };

    private AuthorizationRequest UpstreamPhase => ConsentPhase with { Phase = AuthorizationPhase.Upstream, Resource = FilesUri, Scopes = ["files:read"] };

    private BrowserSession SignedIn(string user = "u") => new(new byte[32], user, _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromHours(1));

    private async Task<AuthorizationStep> StepAsync(AuthorizationRequest request, BrowserSession? session) =>
        (await _dispatcher.DecideAsync(request, session, CancellationToken.None)).Step;

    private async Task<string?> ErrorAsync(AuthorizationRequest request, BrowserSession? session)
    {
        var decision = await _dispatcher.DecideAsync(request, session, CancellationToken.None);
        decision.Step.ShouldBe(AuthorizationStep.Fail);
        return decision.Error!.Code;
    }

    [Fact]
    public async Task The_steps_follow_from_the_phase()
    {
        (await StepAsync(SignInPhase, null)).ShouldBe(AuthorizationStep.SignIn);
        (await StepAsync(SignInPhase, SignedIn())).ShouldBe(AuthorizationStep.AcceptSignIn);
        (await StepAsync(ConsentPhase, SignedIn())).ShouldBe(AuthorizationStep.Consent);
        (await StepAsync(UpstreamPhase, SignedIn())).ShouldBe(AuthorizationStep.Complete);
        _unconnected.Add(CloudOfU);
        (await StepAsync(UpstreamPhase, SignedIn())).ShouldBe(AuthorizationStep.PlanLegs);
        (await StepAsync(UpstreamPhase with { Legs = [new("cloud", Required: true)] }, SignedIn())).ShouldBe(AuthorizationStep.Connect);
        (await StepAsync(UpstreamPhase with { Legs = [new("cloud", Required: false)] }, SignedIn())).ShouldBe(AuthorizationStep.OfferConnection);
        (await StepAsync(UpstreamPhase with { Legs = [new("cloud", Required: true, LegState.Connected)] }, SignedIn())).ShouldBe(AuthorizationStep.Complete);
    }

    [Theory]
    [InlineData(true, AuthorizationStep.Consent)]
    [InlineData(false, AuthorizationStep.Fail)]
    public async Task Only_administrators_can_grant_a_scope_for_administrators(bool administrator, AuthorizationStep expected)
    {
        var api = ApiResource.Create(new Issuer("https://keys.example.com"));
        Current = Both.WithApi(api);
        var user = new User("u", "U", _time.GetUtcNow(), Administrator: administrator);
        await _users.FindOrAddByIdentityAsync(new ProviderIdentity("p", "s"), user, Storage.Contracts.Sample.Audit(_time.GetUtcNow(), Audit.AuditActions.UserAdded), CancellationToken.None);
        var request = ConsentPhase with { Resource = api.Uri, Scopes = [ApiResource.AdminScope] };

        (await StepAsync(request, SignedIn())).ShouldBe(expected);
        (await StepAsync(request with { Scopes = [ApiResource.SessionsScope] }, SignedIn())).ShouldBe(AuthorizationStep.Consent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_approved_as_an_administrator_is_inherited_only_by_administrators(bool administrator)
    {
        var api = ApiResource.Create(new Issuer("https://keys.example.com"));
        Current = Both.WithApi(api);
        var user = new User("u", "U", _time.GetUtcNow(), Administrator: administrator);
        await _users.FindOrAddByIdentityAsync(new ProviderIdentity("p", "s"), user, Storage.Contracts.Sample.Audit(_time.GetUtcNow(), Audit.AuditActions.UserAdded), CancellationToken.None);
        var request = ConsentPhase with { Resource = api.Uri, Scopes = [ApiResource.SessionsScope] };
        string[] approved = [ApiResource.SessionsScope, ApiResource.AdminScope];
        _consent = new Consent(request.Subject!, App.Id, "app.example.com", api.Uri, approved, ClientFingerprint.Of(App), _time.GetUtcNow());

        foreach (var phase in new[] { AuthorizationPhase.Consent, AuthorizationPhase.Upstream })
        {
            var decision = await _dispatcher.DecideAsync(request with { Phase = phase }, SignedIn(), CancellationToken.None);

            ScopeGrant.Granted(App, api, request.Scopes, decision.Remembered).Contains(ApiResource.AdminScope).ShouldBe(administrator);
            decision.Remembered!.Scopes.ShouldContain(ApiResource.SessionsScope);
        }
    }

    [Fact]
    public async Task Nobody_who_is_not_known_grants_a_scope_for_administrators()
    {
        var api = ApiResource.Create(new Issuer("https://keys.example.com"));
        Current = Both.WithApi(api);

        (await ErrorAsync(ConsentPhase with { Resource = api.Uri, Scopes = [ApiResource.AdminScope] }, SignedIn())).ShouldBe("access_denied");
    }

    [Theory]
    [InlineData(AuthorizationPhase.Completed)]
    [InlineData(AuthorizationPhase.Failed)]
    public async Task A_finished_request_has_no_next_step_even_when_expired(AuthorizationPhase phase)
    {
        var request = ConsentPhase with { Phase = phase };
        (await StepAsync(request, SignedIn())).ShouldBe(AuthorizationStep.Finished);
        _time.Advance(TimeSpan.FromHours(1));
        (await StepAsync(request, SignedIn())).ShouldBe(AuthorizationStep.Finished);
    }

    [Fact]
    public async Task A_request_expires_at_its_moment_in_every_phase()
    {
        AuthorizationRequest[] requests = [SignInPhase, ConsentPhase, UpstreamPhase];
        _time.Advance(TimeSpan.FromMinutes(10));
        foreach (var request in requests)
        {
            (await StepAsync(request, SignedIn())).ShouldBe(AuthorizationStep.Expired);
        }
    }

    [Fact]
    public async Task A_client_that_is_gone_or_lost_the_redirect_uri_is_never_redirected_to()
    {
        _client = App with { RedirectUris = ["https://app.example.com/other"] };
        (await StepAsync(UpstreamPhase, SignedIn())).ShouldBe(AuthorizationStep.RefuseClient);
        _client = null;
        (await StepAsync(ConsentPhase, SignedIn())).ShouldBe(AuthorizationStep.RefuseClient);
    }

    [Fact]
    public async Task A_resource_that_is_gone_fails_the_request()
    {
        Current = new ResourceSnapshot([], []);
        (await ErrorAsync(ConsentPhase, SignedIn())).ShouldBe("invalid_target");
    }

    [Fact]
    public async Task Only_the_subject_of_the_request_goes_on()
    {
        (await StepAsync(ConsentPhase, SignedIn("other"))).ShouldBe(AuthorizationStep.RefuseSubject);
        (await StepAsync(UpstreamPhase, SignedIn("other"))).ShouldBe(AuthorizationStep.RefuseSubject);
        (await StepAsync(ConsentPhase, null)).ShouldBe(AuthorizationStep.SignIn);
        (await StepAsync(UpstreamPhase, null)).ShouldBe(AuthorizationStep.SignIn);
    }

    [Fact]
    public async Task A_remembered_approval_spares_the_page()
    {
        _consent = new(Subject.User("u"), App.Id, "app.example.com", NotesUri, ["notes:read"], ClientFingerprint.Of(App), _time.GetUtcNow());
        (await StepAsync(ConsentPhase, SignedIn())).ShouldBe(AuthorizationStep.AcceptConsent);
        (await StepAsync(ConsentPhase with { Prompt = "consent" }, SignedIn())).ShouldBe(AuthorizationStep.Consent);
    }

    [Fact]
    public async Task Prompt_login_wants_a_sign_in_newer_than_the_request()
    {
        var before = SignedIn();
        _time.Advance(TimeSpan.FromSeconds(1));
        var request = SignInPhase with { Prompt = "login" };
        (await StepAsync(request, before)).ShouldBe(AuthorizationStep.SignIn);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await StepAsync(request, SignedIn())).ShouldBe(AuthorizationStep.AcceptSignIn);
    }

    [Fact]
    public async Task Prompt_none_fails_where_a_page_would_be_shown()
    {
        (await ErrorAsync(SignInPhase with { Prompt = "none" }, null)).ShouldBe("login_required");
        (await ErrorAsync(ConsentPhase with { Prompt = "none" }, SignedIn())).ShouldBe("consent_required");
        _unconnected.Add(CloudOfU);
        (await ErrorAsync(UpstreamPhase with { Prompt = "none" }, SignedIn())).ShouldBe("interaction_required");
    }

    [Fact]
    public async Task Which_legs_are_needed_is_decided_once_in_configured_order()
    {
        var second = Cloud with { Name = "second" };
        var perSession = Cloud with { Name = "per-session", Owner = ProviderOwner.Session };
        var shared = Cloud with { Name = "shared", Owner = ProviderOwner.Shared };
        Current = new ResourceSnapshot(
            [Files with { Providers = [new(Cloud), new(perSession), new(shared), new(second, Required: false)] }], [Cloud, perSession, shared, second]);
        var request = UpstreamPhase;
        _unconnected.UnionWith(
            [
                CloudOfU with { Provider = "second" },
                new(new CredentialOwner(CredentialOwnerKind.Session, request.SessionId.ToString()), "per-session"),
                new(new CredentialOwner(CredentialOwnerKind.Shared, "shared"), "shared"),
            ]);

        var decision = await _dispatcher.DecideAsync(request, SignedIn(), CancellationToken.None);

        decision.Step.ShouldBe(AuthorizationStep.PlanLegs);
        decision.Legs.ShouldBe([new("per-session", Required: true), new("second", Required: false)]);
        (await _dispatcher.DecideAsync(request with { Prompt = "none" }, SignedIn(), CancellationToken.None)).Error!.Code.ShouldBe("interaction_required");
        _unconnected.RemoveWhere(key => key.Provider == "per-session");
        (await StepAsync(request with { Prompt = "none" }, SignedIn())).ShouldBe(AuthorizationStep.Complete);
    }

    [Fact]
    public async Task The_legs_are_walked_as_decided_whatever_the_vault_holds_by_now()
    {
        var headers = Cloud with { Name = "headers", Kind = ProviderKind.Headers };
        Current = new ResourceSnapshot([Files with { Providers = [new(Cloud), new(headers)] }], [Cloud, headers]);
        var request = UpstreamPhase with { Legs = [new("cloud", Required: true), new("headers", Required: false)] };

        (await _dispatcher.DecideAsync(request, SignedIn(), CancellationToken.None)).Provider.ShouldBe(Cloud);
        var next = await _dispatcher.DecideAsync(request with { Legs = [request.Legs[0] with { State = LegState.Skipped }, request.Legs[1]] }, SignedIn(), CancellationToken.None);
        (next.Step, next.Provider).ShouldBe((AuthorizationStep.EnterHeaders, headers));
    }

    [Fact]
    public async Task A_leg_whose_provider_is_no_longer_the_resources_fails_the_request()
    {
        Current = new ResourceSnapshot([Files with { Providers = [] }], [Cloud]);

        (await ErrorAsync(UpstreamPhase with { Legs = [new("cloud", Required: true)] }, SignedIn())).ShouldBe("server_error");
        (await ErrorAsync(UpstreamPhase with { Legs = [new("gone", Required: true)] }, SignedIn())).ShouldBe("server_error");
    }

    [Fact]
    public async Task A_provider_that_was_given_to_others_on_the_way_is_not_connected_for_them()
    {
        AuthorizationLeg[] legs = [new("cloud", Required: true)];
        var ofSession = UpstreamPhase with { Purpose = AuthorizationPurpose.ConnectSubject, ConnectedSession = SessionId.Create(), RedirectUri = "", Legs = legs };
        var ofUser = ofSession with { ConnectedSession = null, ClientId = "" };

        Give(ProviderOwner.Session);
        (await StepAsync(ofSession, SignedIn())).ShouldBe(AuthorizationStep.Connect);
        (await ErrorAsync(ofUser, SignedIn())).ShouldBe("server_error");
        Give(ProviderOwner.Shared);
        foreach (var request in new[] { UpstreamPhase with { Legs = legs }, ofSession, ofUser })
        {
            (await ErrorAsync(request, SignedIn())).ShouldBe("server_error");
        }

        LegPolicy.MayConnect(ofUser with { Purpose = AuthorizationPurpose.ConnectShared }, Cloud).ShouldBeFalse();

        void Give(ProviderOwner owner)
        {
            var given = Cloud with { Owner = owner };
            Current = new ResourceSnapshot([Files with { Providers = [new(given)] }], [given]);
        }
    }

    [Theory]
    [InlineData(AuthorizationPhase.Consent, "u", AuthorizationStep.ConfirmConnection)]
    [InlineData(AuthorizationPhase.Upstream, "u", AuthorizationStep.Connect)]
    [InlineData(AuthorizationPhase.Consent, "other", AuthorizationStep.RefuseSubject)]
    [InlineData(AuthorizationPhase.Upstream, "other", AuthorizationStep.RefuseSubject)]
    [InlineData(AuthorizationPhase.Consent, null, AuthorizationStep.SignIn)]
    public async Task What_a_link_is_for_is_only_for_the_one_who_asked(AuthorizationPhase phase, string? user, AuthorizationStep expected)
    {
        var request = UpstreamPhase with { Phase = phase, Purpose = AuthorizationPurpose.ConnectSubject, ConnectedSession = SessionId.Create(), Legs = [new("cloud", Required: true)], RedirectUri = "" };

        (await StepAsync(request, user is null ? null : SignedIn(user))).ShouldBe(expected);
    }

    [Theory]
    [InlineData(true, AuthorizationStep.AcceptSignIn)]
    [InlineData(false, AuthorizationStep.RefuseSubject)]
    public async Task What_is_shared_is_connected_by_administrators(bool administrator, AuthorizationStep expected)
    {
        var user = new User("u", "U", _time.GetUtcNow(), Administrator: administrator);
        await _users.FindOrAddByIdentityAsync(new ProviderIdentity("p", "s"), user, Storage.Contracts.Sample.Audit(_time.GetUtcNow(), Audit.AuditActions.UserAdded), CancellationToken.None);
        var request = SignInPhase with { Purpose = AuthorizationPurpose.ConnectShared, ClientId = "", Resource = "", RedirectUri = "", Legs = [new("cloud", Required: true)] };

        (await StepAsync(request, SignedIn())).ShouldBe(expected);
        (await StepAsync(request, null)).ShouldBe(AuthorizationStep.SignIn);
    }

    [Fact]
    public void Legs_to_one_issuer_are_for_one_account()
    {
        var twin = Cloud with { Name = "twin" };
        var stranger = Cloud with { Name = "stranger", Issuer = "https://stranger.example" };
        var snapshot = new ResourceSnapshot([Files], [Cloud, twin, stranger]);
        var request = UpstreamPhase with { Legs = [new("cloud", Required: true, LegState.Connected, "account-1"), new("twin", Required: true)] };

        LegPolicy.IsSameAccount(request, twin, "account-1", snapshot).ShouldBeTrue();
        LegPolicy.IsSameAccount(request, twin, "account-2", snapshot).ShouldBeFalse();
        LegPolicy.IsSameAccount(request, twin, null, snapshot).ShouldBeTrue();
        LegPolicy.IsSameAccount(request, stranger, "account-2", snapshot).ShouldBeTrue();
    }

    private static CredentialKey CloudOfU { get; } = new(new CredentialOwner(CredentialOwnerKind.User, "u"), "cloud");

    ValueTask<Client?> IClientDirectory.FindAsync(string clientId, CancellationToken cancellationToken) => new(_client);

    void IClientDirectory.Touch(Client client) => throw new InvalidOperationException("The dispatcher writes nothing.");

    Task<Consent?> IConsentStore.FindAsync(Subject subject, string clientId, string redirectHost, string resource, CancellationToken cancellationToken) =>
        Task.FromResult(_consent);

    Task<bool> ICredentialVault.NeedsConnectionAsync(CredentialKey key, string resource, CancellationToken cancellationToken) => Task.FromResult(_unconnected.Contains(key));

    Task<IReadOnlyList<string>> ICredentialVault.DemandedScopesAsync(CredentialKey key, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    Task ICredentialVault.StoreAsync(
        CredentialKey key, CredentialSecret secret, string? providerSubject, CredentialBinding? binding, string? actor, RequestOrigin? origin, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The dispatcher writes nothing.");

    Task<bool> ICredentialVault.ConnectAsync(
        byte[] stateHash,
        CredentialKey key,
        CredentialSecret secret,
        string? providerSubject,
        CredentialBinding? binding,
        string? actor,
        RequestOrigin? origin,
        CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The dispatcher writes nothing.");

    Task ICredentialVault.DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The dispatcher writes nothing.");

    Task ICredentialVault.DeleteAsync(CredentialKey key, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The dispatcher writes nothing.");
}
