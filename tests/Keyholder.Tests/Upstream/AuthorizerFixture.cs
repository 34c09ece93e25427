using System.Net;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Vault;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

/// <summary>An authorizer over a store in memory and a scripted provider.</summary>
public abstract class AuthorizerFixture : IDisposable
{
    internal static readonly Resource Resource = new()
    {
        Name = "github",
        Uri = "https://keys.example/mcp/github",
        DisplayName = "GitHub",
        Upstream = new Uri("https://mcp.github.example/"),
        Auth = ResourceAuthKind.UserOAuth,
        Providers = [new(Providers.Configured())],
        Scopes = [new ResourceScope("repo", "Read repositories")],
        DefaultScopes = ["repo"],
        RequiredScopes = [],
        MaxRequestBodyBytes = 1024,
        ActivityTimeout = TimeSpan.FromMinutes(1),
        EndStreamsAtTokenExpiry = false,
        MetadataUri = "https://keys.example/.well-known/oauth-protected-resource/mcp/github",
    };

    internal static readonly SessionId Session = SessionId.Create();
    internal static readonly CredentialKey Person3 = new(new CredentialOwner(CredentialOwnerKind.User, "person3"), "github");
    private protected ManualTimeProvider Time { get; } = new();
    private protected FakeCredentialStore Store { get; } = new();
    private protected FakeProvider Fake { get; }
    private protected CredentialVault Vault { get; }
    private protected UpstreamAuthorizer Authorizer { get; }
    private int _issued = 1;

    protected AuthorizerFixture()
    {
        Fake = new FakeProvider(Time);
        Vault = new CredentialVault(Store, Store, Store, new EnvelopeSealer(VaultKeys.Ring(1)), Time, NullLogger<CredentialVault>.Instance);
        Authorizer = new UpstreamAuthorizer(Vault, Store, Store, Fake.Client, Fake.Options, Time, NullLogger<UpstreamAuthorizer>.Instance);
        Fake.Token = _ => Task.FromResult(Issue());
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Authorizer.Dispose();
        Fake.Dispose();
    }

    private protected static void FailOn(string operation, string failing)
    {
        if (operation == failing)
        {
            throw new IOException("the disk is full");
        }
    }

    private protected Task StoreAsync(TimeSpan? lifetime) => Vault.StoreAsync(Person3, Tokens("1", lifetime), null, null, default);

    private protected TokenSet Tokens(string name, TimeSpan? lifetime, bool refreshable = true) => new()
    {
        AccessToken = "access-" + name,
        TokenType = "Bearer",
        RefreshToken = refreshable ? "refresh-" + name : null,
        ExpiresAt = lifetime is null ? null : Time.GetUtcNow() + lifetime,
        Scope = "repo",
    };

    private protected HttpResponseMessage Issue()
    {
        var number = Interlocked.Increment(ref _issued);
        return ScriptedHandler.Json($$"""{"access_token":"access-{{number}}","token_type":"bearer","refresh_token":"refresh-{{number}}","expires_in":600}""");
    }

    // Status 0: no connection.
    private protected void Answer(HttpStatusCode status, string body) => Fake.Token = _ => status == 0
        ? throw new HttpRequestException("refused")
        : Task.FromResult(ScriptedHandler.Json(body, status, body.StartsWith('<') ? "text/html" : "application/json"));

    private protected (Task Reached, Action Open) Hold(string? body = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Fake.Token = async _ =>
        {
            reached.TrySetResult();
            await open.Task;
            return body is null ? Issue() : ScriptedHandler.Json(body, status);
        };
        return (reached.Task, open.SetResult);
    }

    private protected Task<UpstreamAuthorization> AuthorizeAsync(Resource? resource = null, Subject? subject = null) =>
        Authorizer.AuthorizeAsync(resource ?? Resource, Token(subject ?? Subject.User("person3")), default).AsTask();

    private protected Task<UpstreamAuthorization> ReauthorizeAsync(UpstreamAuthorization rejected) =>
        Authorizer.ReauthorizeAsync(Resource, Token(Subject.User("person3")), rejected, default).AsTask();

    private protected static string Bearer(UpstreamAuthorization authorization) =>
        authorization.Headers.ShouldHaveSingleItem().Value["Bearer ".Length..];

    private protected AccessToken Token(Subject subject) => TokenOf(subject, Time.GetUtcNow());

    internal static AccessToken TokenOf(Subject subject, DateTimeOffset now) => new()
    {
        Id = "jti",
        SessionId = Session,
        Subject = subject,
        ClientId = "client",
        Audience = Resource.Uri,
        Scopes = ["repo"],
        IssuedAt = now,
        ExpiresAt = now.AddMinutes(10),
        AuthenticatedAt = now,
    };
}
