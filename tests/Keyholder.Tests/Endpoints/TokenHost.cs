using System.Text;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Revocation;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints;

/// <summary>The token endpoint over real HTTP and real storage in memory, with clients that need no secret, and sessions as the authorization endpoint leaves them.</summary>
internal sealed class TokenHost : IAsyncDisposable
{
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string RedirectUri = "http://127.0.0.1:3000/callback";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly KeyholderHost _host;
    private readonly HttpClient _http;

    private TokenHost(KeyholderHost host, ObservedSessionStore sessions, TestClients clients)
    {
        (_host, Sessions, Clients) = (host, sessions, clients);
        _http = host.CreateClient();
    }

    public static Resource Resource { get; } = RevocationFixture.Resource;

    public static Resource OtherResource { get; } = Resource with { Name = "mail", Uri = "https://keys.example.com/mcp/mail" };

    public ManualTimeProvider Time => _host.Time;

    public LogCapture Logs => _host.Logs;

    public ObservedSessionStore Sessions { get; }

    public TestClients Clients { get; }

    public OpaqueTokenFormats Formats => Service<OpaqueTokenFormats>();

    public IAuditStore Audit => Service<IAuditStore>();

    public IServiceProvider Services => _host.Services;

    public static async Task<TokenHost> StartAsync(SessionOptions? options = null)
    {
        ObservedSessionStore? sessions = null;
        var clients = new TestClients();
        var host = await KeyholderHost.StartAsync(
            configuration => configuration with
            {
                Resources = new ResourceSnapshot([Resource, OtherResource], [Resource.Providers[0].Provider]),
                Sessions = options ?? new(),
            },
            services =>
            {
                sessions = new ObservedSessionStore((ISessionStore)services.Last(s => s.ServiceType == typeof(ISessionStore)).ImplementationInstance!);
                services.AddSingleton<ISessionStore>(sessions);
                services.AddSingleton<IClientAuthenticator>(clients);
                services.AddSingleton<IClientDirectory>(clients);
            });
        return new TokenHost(host, sessions!, clients);
    }

    /// <summary>POSTs a form to the token endpoint.</summary>
    public Task<TokenAnswer> PostAsync(params (string Name, string? Value)[] form) => PostToAsync("/token", form);

    /// <summary>POSTs a form.</summary>
    public async Task<TokenAnswer> PostToAsync(string path, params (string Name, string? Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Name, p.Value)));
        using var response = await _http.PostAsync(path, content);
        return await ReadAsync(response);
    }

    /// <summary>Sends anything.</summary>
    public async Task<TokenAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return await ReadAsync(response);
    }

    /// <summary>The JSON answer, framing included, to a request that no client library would write.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        await using var connection = _host.Connect();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = "";
        var buffer = new byte[4096];
        while (!answer.Contains('}', StringComparison.Ordinal) && await connection.ReadAsync(buffer) is > 0 and var read)
        {
            answer += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return answer;
    }

    public Task<TokenAnswer> RedeemAsync(string code, string verifier = Verifier, string? redirectUri = RedirectUri, string client = "client", string? resource = null) => PostAsync(
        ("grant_type", "authorization_code"), ("client_id", client), ("code", code), ("code_verifier", verifier), ("redirect_uri", redirectUri), ("resource", resource));

    public Task<TokenAnswer> RefreshAsync(string refreshToken, string client = "client", string? scope = null, string? resource = null) => PostAsync(
        ("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", refreshToken), ("scope", scope), ("resource", resource));

    /// <summary>What the gateway would find.</summary>
    public AccessTokenOutcome Validate(string accessToken) =>
        Service<IAccessTokenValidator>().Validate(accessToken, Resource.Uri, out _);

    /// <summary>The id of a user, always the same.</summary>
    public async Task<string> AddUserAsync() =>
        (await Service<IUserStore>().FindOrAddByIdentityAsync(new ProviderIdentity("test", "u1"), new User("u1", "U", Time.GetUtcNow()), Keyholder.Tests.Storage.Contracts.Sample.Audit(Time.GetUtcNow(), AuditActions.UserAdded), CancellationToken.None)).Id;

    /// <summary>A code for a new session.</summary>
    public async Task<IssuedAuthorizationCode> AuthorizeAsync(string client = "client", bool redirectUriWasSent = true, string? user = null, Subject? subject = null)
    {
        user ??= await AddUserAsync();
        var now = Time.GetUtcNow();
        var request = new AuthorizationRequest
        {
            Id = SessionId.Create().ToString(),
            Phase = AuthorizationPhase.SignIn,
            BrowserHash = new byte[32],
            SessionId = SessionId.Create(),
            ClientId = client,
            RedirectUri = RedirectUri,
            RedirectUriWasSent = redirectUriWasSent,
            CodeChallenge = Challenge,
            Resource = Resource.Uri,
            Scopes = ["mcp:read", "mcp:write"],
            CreatedAt = now,
            ExpiresAt = now.AddMinutes(10),
        };
        var requests = Service<IAuthorizationRequestStore>();
        await requests.AddAsync(request, CancellationToken.None);
        (await requests.SignInAsync(request.Id, subject ?? Subject.User(user), now, now, CancellationToken.None)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        (await requests.ConsentAsync(request.Id, null, null, now, CancellationToken.None)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        var issued = Service<AuthorizationCodeIssuer>().Issue((await requests.FindAsync(request.Id, CancellationToken.None))!);
        var audit = new AuditEvent { At = now, Action = AuditActions.SessionCreated, Actor = "user:u1", Target = $"session:{request.SessionId}" };
        (await requests.CompleteAsync(request.Id, issued.Session, audit, now, CancellationToken.None)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        return issued;
    }

    /// <summary>The first tokens of a new session.</summary>
    public async Task<TokenAnswer> SignInAsync()
    {
        var tokens = await RedeemAsync((await AuthorizeAsync()).Code);
        tokens.Succeeded.ShouldBeTrue(tokens.Body);
        Sessions.Clear();
        return tokens;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    private T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    private static async Task<TokenAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key.ToUpperInvariant() is not ("DATE" or "X-REQUEST-ID")).OrderBy(h => h.Key, StringComparer.Ordinal);
        return new TokenAnswer(
            response.StatusCode,
            string.Join('\n', headers.Select(h => $"{h.Key}: {string.Join(", ", h.Value)}")),
            await response.Content.ReadAsStringAsync());
    }
}
