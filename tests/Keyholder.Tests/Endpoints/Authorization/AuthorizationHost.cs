using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Authorization;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>The server with two resources (one with a provider), clients that can change, a provider that answers as told, and a user <c>person1</c>.</summary>
internal sealed class AuthorizationHost : IAsyncDisposable
{
    public const string Issuer = "http://localhost:7717";
    public const string NotesUri = Issuer + "/mcp/notes";
    public const string FilesUri = Issuer + "/mcp/files";
    public const string Password = "correct horse battery";

    private AuthorizationHost(KeyholderHost server, FakeLegs legs, FakeClients clients) => (Server, Legs, Clients) = (server, legs, clients);

    public KeyholderHost Server { get; }

    public FakeLegs Legs { get; }

    public FakeClients Clients { get; }

    public ManualTimeProvider Time => Server.Time;

    /// <summary>What Keyholder itself logs, at every level. The framework's own lines below Warning, which hold URLs, are never switched on.</summary>
    public string OwnLogs => string.Join('\n', Server.Logs.Lines.Where(line => line.Split(' ')[1].StartsWith("Keyholder.", StringComparison.Ordinal)));

    /// <summary>Starts the server.</summary>
    /// <param name="options">The rules of the flow.</param>
    /// <param name="provider">The provider instead of the fake one; <paramref name="services"/> has to replace its legs too.</param>
    /// <param name="time">The clock, when the provider shares it.</param>
    /// <param name="services">Replaces services.</param>
    /// <param name="configure">Changes each resource.</param>
    /// <param name="providers">The providers of the second resource, in place of the one.</param>
    public static async Task<AuthorizationHost> StartAsync(
        AuthorizationOptions? options = null,
        Provider? provider = null,
        ManualTimeProvider? time = null,
        Action<IServiceCollection>? services = null,
        Func<Resource, Resource>? configure = null,
        IReadOnlyList<ResourceProvider>? providers = null)
    {
        provider ??= AuthorizationSamples.Cloud;
        var legs = new FakeLegs();
        var clients = new FakeClients();
        clients[AuthorizationSamples.App.Id] = AuthorizationSamples.App;
        Resource[] resources =
        [
            AuthorizationSamples.Resource("notes", ResourceAuthKind.None, Issuer),
            AuthorizationSamples.Resource("files", ResourceAuthKind.UserOAuth, Issuer) with { Providers = providers ?? [new(provider)] },
        ];
        var server = await KeyholderHost.StartAsync(
            configuration => configuration with
            {
                Resources = new ResourceSnapshot([.. resources.Select(configure ?? (resource => resource))], providers is null ? [provider] : [.. providers.Select(entry => entry.Provider)]),
                Authorization = options ?? new AuthorizationOptions(),
            },
            registered =>
            {
                registered.AddSingleton<IUpstreamLegs>(legs);
                registered.AddSingleton<IClientDirectory>(clients);
                registered.TryAddSingleton<OpaqueTokenFormats>();
                registered.TryAddSingleton<AuthorizationCodeIssuer>();
                services?.Invoke(registered);
            },
            time);
        var host = new AuthorizationHost(server, legs, clients);
        await host.AddUserAsync("person1");
        return host;
    }

    public T Get<T>()
        where T : notnull => Server.Services.GetRequiredService<T>();

    public async Task AddUserAsync(string name) =>
        (await Get<LocalUserService>().AddAsync(name, Password, null, "system", CancellationToken.None)).ShouldBe(LocalUserOutcome.Done);

    public async Task<User> FindUserAsync(string name) => (await Get<IUserStore>().FindLocalAsync(name, CancellationToken.None)).ShouldNotBeNull().User;

    public Browser CreateBrowser() => new(Server.CreateBrowser());

    /// <summary>The session a code opened.</summary>
    public async Task<Session> FindSessionAsync(string code)
    {
        Get<OpaqueTokenFormats>().AuthorizationCode.TryParse(code, out var token).ShouldBeTrue();
        return (await Get<ISessionStore>().FindAsync(token.SessionId, CancellationToken.None)).ShouldNotBeNull();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
