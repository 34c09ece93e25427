using System.Net;
using System.Net.Http.Headers;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Endpoints.Api;

/// <summary>The server with sessions as clients open them, and callers of its API.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly HttpClient _http;

    private ApiHost(KeyholderHost server) => (Server, _http) = (server, server.CreateClient(IPAddress.Parse("192.0.2.7")));

    public KeyholderHost Server { get; }

    public DateTimeOffset Now => Server.Time.GetUtcNow();

    public Resource Api => Get<IResourceSource>().Current.Api!;

    public static async Task<ApiHost> StartAsync(Action<IServiceCollection>? services = null, Func<KeyholderConfiguration, KeyholderConfiguration>? configure = null) =>
        new(await KeyholderHost.StartAsync(configure, services));

    public T Get<T>()
        where T : notnull => Server.Services.GetRequiredService<T>();

    public async Task<User> AddUserAsync(string name, bool administrator = false, bool disabled = false)
    {
        var user = new User("id-of-" + name, "Name of " + name, Now, disabled ? Now : null, administrator);
        await Get<IUserStore>().AddLocalAsync(new LocalUser(user, name, "hash"), Sample.Audit(Now, AuditActions.UserAdded), default);
        return user;
    }

    /// <summary>A session as the authorization endpoint leaves it, its code redeemed.</summary>
    public async Task<Session> AddSessionAsync(Func<Session, Session>? change = null)
    {
        var session = (change ?? (s => s))(Sample.Session(Now));
        var request = Sample.Request(Now, AuthorizationPhase.Upstream) with { SessionId = session.Id };
        var requests = Get<IAuthorizationRequestStore>();
        await requests.AddAsync(request, default);
        (await requests.CompleteAsync(request.Id, session, Sample.Audit(Now, AuditActions.SessionCreated), Now, default)).ShouldBe(AuthorizationTransitionOutcome.Moved);
        return session;
    }

    /// <summary>An access token for the API.</summary>
    public async Task<string> TokenAsync(User user, params string[] scopes) => Issue(await AddApiSessionAsync(user, scopes));

    public Task<Session> AddApiSessionAsync(User user, params string[] scopes) =>
        AddSessionAsync(s => s with { Subject = Subject.User(user.Id), ClientId = "dashboard", Resource = Api.Uri, Scopes = scopes });

    public string Issue(Session session) => Get<AccessTokenIssuer>().Issue(session, session.Scopes).Token;

    public async Task<string> AdminTokenAsync(string name = "test") => (await Get<AdminTokens>().CreateAsync(name, "system", default)).ShouldNotBeNull();

    public Task<ApiAnswer> GetAsync(string path, string? token) => SendAsync(HttpMethod.Get, path, token);

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? token, string? json = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        }

        change?.Invoke(request);
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new ApiAnswer(response.StatusCode, response.Headers.WwwAuthenticate.ToString(), response.Headers.CacheControl?.ToString(), body);
    }

    /// <summary>Every page that follows from a path, as ids.</summary>
    public async Task<List<List<string>>> PagesAsync(string path, string token)
    {
        var pages = new List<List<string>>();
        string? cursor = null;
        do
        {
            var answer = await GetAsync(path + (cursor is null ? "" : "&cursor=" + cursor), token);
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
            pages.Add(answer.Ids);
            cursor = answer.Json.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return pages;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
