using Keyholder.Audit;
using Keyholder.Authorization.Connect;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Users;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Endpoints.Authorization.Connect;

/// <summary>A key <c>agent</c> of <c>person1</c> that may use the files, beside <c>person2</c>, an administrator, and <c>person3</c>.</summary>
internal sealed class VirtualKeyConnecting : IAsyncDisposable
{
    private static readonly RequestOrigin Nowhere = new(null, null);

    private VirtualKeyConnecting(AuthorizationHost host, VirtualKey key, string text) => (Host, Key, Text) = (host, key, text);

    public AuthorizationHost Host { get; }

    public VirtualKey Key { get; }

    /// <summary>The key itself.</summary>
    public string Text { get; }

    public Subject Subject => new(SubjectKind.VirtualKey, Key.Id);

    /// <summary>Where what is connected for the key lies.</summary>
    public CredentialKey Credential => new(CredentialOwner.Of(Subject), Provider.Name);

    public Resource Files => Host.Get<IResourceSource>().Current.FindByUri(AuthorizationHost.FilesUri)!;

    private Provider Provider => Files.Providers[0].Provider;

    public static async Task<VirtualKeyConnecting> StartAsync(IReadOnlyList<ResourceProvider>? providers = null, Func<Resource, Resource>? configure = null)
    {
        var host = await AuthorizationHost.StartAsync(providers: providers, configure: configure);
        (await host.Get<LocalUserService>().AddAdministratorAsync("person2", AuthorizationHost.Password, null, "system", default)).ShouldBe(LocalUserOutcome.Done);
        await host.AddUserAsync("person3");
        var (key, text) = await AddKeyAsync(host, "agent");
        return new(host, key, text);
    }

    public static string Callback(Page redirect) => "/upstream/callback?code=c&state=" + redirect.Query("state");

    /// <summary>Another key that may use the same.</summary>
    public async Task<string> AddKeyAsync(string name) => (await AddKeyAsync(Host, name)).Text;

    /// <summary>The link an agent is given that presents the key itself.</summary>
    public async Task<string> LinkAsync()
    {
        var use = await Host.Get<VirtualKeyAuthenticator>().AuthenticateAsync(Text, Files, default);
        return await LinkAsync(use.AccessToken.ShouldNotBeNull());
    }

    /// <summary>The link a client is given that has a session of the key.</summary>
    public async Task<(Session Session, string Link)> SessionLinkAsync()
    {
        using var browser = Host.CreateBrowser();
        var page = await browser.SubmitAsync(await browser.AuthorizeAsync(("resource", AuthorizationHost.FilesUri), ("scope", "files:read")), ("virtual_key", Text));
        page = page.Title.StartsWith("Approve", StringComparison.Ordinal) ? await browser.ApproveAsync(page) : page;
        page = page.Query("code") is null ? await browser.GetAsync(Callback(page)) : page;
        var session = await Host.FindSessionAsync(page.Query("code")!);
        await Host.Get<ICredentialVault>().DeleteAsync(new(CredentialOwner.For(Provider, Subject, session.Id), Provider.Name), default);
        return (session, await LinkAsync(new AccessToken
        {
            Id = "jti",
            SessionId = session.Id,
            Subject = session.Subject,
            ClientId = session.ClientId,
            Audience = session.Resource,
            Scopes = session.Scopes,
            IssuedAt = session.CreatedAt,
            ExpiresAt = session.CreatedAt.AddMinutes(10),
            AuthenticatedAt = session.AuthenticatedAt,
        }));
    }

    /// <summary>What is connected for the key now.</summary>
    public Task<StoredCredential?> FindAsync() => Host.Get<ICredentialStore>().FindAsync(Credential, default);

    /// <summary>Who did it to what, the latest first.</summary>
    public async Task<IEnumerable<(string Actor, string? Target)>> TrailAsync(string action) =>
        [.. (await Host.Get<IAuditStore>().ListAsync(100, default)).Where(audit => audit.Action == action).Select(audit => (audit.Actor, audit.Target))];

    /// <summary>Takes away, in one of many ways, what the key needs to be connected. Every node has heard of it afterwards.</summary>
    public async Task EndAsync(string how)
    {
        var now = Host.Time.GetUtcNow();
        switch (how)
        {
            case "grant taken back":
                await Host.Get<GrantRegistry>().RemoveAsync(Key.Id, "files", "system", Nowhere);
                break;
            case "deactivated":
                await VirtualKeyRegistry.UpdateAsync(Host.Get<IVirtualKeyStore>(), Key.Id, new() { Active = false }, "system", Nowhere, now, default);
                break;
            case "expired":
                await VirtualKeyRegistry.UpdateAsync(Host.Get<IVirtualKeyStore>(), Key.Id, new() { ExpiresAt = new(now) }, "system", Nowhere, now, default);
                break;
            case "deleted":
                await VirtualKeyRegistry.DeleteAsync(Host.Get<IVirtualKeyStore>(), Key.Id, "system", Nowhere, now, default);
                break;
            case "rotated":
                await Host.Get<VirtualKeyRegistry>().RotateAsync(Key.Id, TimeSpan.Zero, "system", Nowhere, default);
                break;
            case "given to another":
                var other = (await Host.FindUserAsync("person3")).Id;
                await VirtualKeyRegistry.UpdateAsync(Host.Get<IVirtualKeyStore>(), Key.Id, new() { OwnerUserId = new(other) }, "system", Nowhere, now, default);
                break;
            default:
                var target = new RevocationTarget(RevocationTargetKind.VirtualKey, Key.Id);
                var (planned, _) = RevocationPolicy.Plan(new(target) { Quarantine = how == "quarantined" }, Host.Get<IResourceSource>().Current, now);
                await Host.Get<KillSwitch>().RevokeAsync(planned.ShouldNotBeNull(), "system", Nowhere);
                break;
        }

        Host.Get<VirtualKeyAccesses>().ForgetAll();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private async Task<string> LinkAsync(AccessToken token) =>
        (await Host.Get<ConnectLinks>().CreateAsync(token, Files, [Provider], default)).ShouldNotBeNull().PathAndQuery;

    private static async Task<(VirtualKey Key, string Text)> AddKeyAsync(AuthorizationHost host, string name)
    {
        var owner = (await host.FindUserAsync("person1")).Id;
        var (_, key, text) = await host.Get<VirtualKeyRegistry>().CreateAsync(name, owner, null, "system", Nowhere, default);
        await host.Get<GrantRegistry>().PutAsync(key.Id, new Grant("files", null), "system", Nowhere);
        return (key, text!);
    }
}
