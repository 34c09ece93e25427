using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Endpoints;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Endpoints;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Tokens;
using Keyholder.Tokens;
using Keyholder.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>The real grants, revoker and validator of one node, composed as the server composes them, over a real database.</summary>
internal sealed class SessionSystem : IAsyncDisposable
{
    private static readonly RequestOrigin Origin = new(null, null);

    private readonly StorageFixture _db;
    private readonly ModelKeys _keys;
    private readonly ModelRules _rules;
    private readonly ServiceProvider _services;
    private readonly FaultySessionStore _sessions;

    // Each is asked for once: a container that is asked again compiles what it gives, which takes longer than a whole run.
    private readonly TokenGrants _grants;
    private readonly AuthorizationCodeIssuer _codes;
    private readonly SessionRevoker _revoker;
    private readonly IAccessTokenValidator _validator;
    private readonly OpaqueTokenFormat _refreshTokens;

    public SessionSystem(StorageFixture db, ModelKeys keys, ModelRules rules, ManualTimeProvider time)
    {
        (_db, _keys, _rules, Time) = (db, keys, rules, time);
        _sessions = new FaultySessionStore(db.Sessions);
        var clients = new TestClients();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRevocation();
        services.AddTokens();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IClientAuthenticator>(clients);
        services.AddSingleton<IClientDirectory>(clients);
        services.AddSingleton<IResourceSource>(new ConfiguredResources(new ResourceSnapshot([TokenHost.Resource, TokenHost.OtherResource], [TokenHost.Resource.Providers[0].Provider])));
        services.AddSingleton<ISessionStore>(_sessions);
        services.AddSingleton(db.DeviceAuthorizations);
        services.AddSingleton(db.SessionDirectory);
        services.AddSingleton(db.Revocations);
        services.AddSingleton(db.RevocationSignal);
        services.AddSingleton(rules.Sessions);
        services.AddSingleton(new AccessTokenOptions { Lifetime = rules.AccessTokenLifetime });
        // The clock jumps over the staleness limit; what is asked here is only what the index knows.
        services.AddSingleton(new RevocationOptions { FailOpen = true });
        services.AddSingleton(AccessTokenFixture.IssuerValue);
        services.AddSingleton(keys.Secrets);
        services.AddSingleton(keys.SigningKeys);
        _services = services.BuildServiceProvider();
        _grants = _services.GetRequiredService<TokenGrants>();
        _codes = _services.GetRequiredService<AuthorizationCodeIssuer>();
        _revoker = _services.GetRequiredService<SessionRevoker>();
        _validator = _services.GetRequiredService<IAccessTokenValidator>();
        _refreshTokens = _services.GetRequiredService<OpaqueTokenFormats>().RefreshToken;
    }

    public ManualTimeProvider Time { get; }

    /// <summary>A node that starts now, on the same database and clock.</summary>
    public async Task<SessionSystem> StartAnotherAsync()
    {
        var node = new SessionSystem(_db, _keys, _rules, Time);
        await node._services.GetRequiredService<RevocationFeed>().LoadAsync(CancellationToken.None);
        return node;
    }

    /// <summary>A user who can sign in.</summary>
    public async Task<string> AddUserAsync()
    {
        var id = Sample.Id();
        var user = new LocalUser(Sample.User(id, Time.GetUtcNow()), "name-of-" + id, "hash");
        (await _db.Users.AddLocalAsync(user, Sample.Audit(Time.GetUtcNow(), AuditActions.UserAdded), CancellationToken.None)).ShouldBe(UserAddOutcome.Added);
        return id;
    }

    /// <summary>A session whose code was just issued.</summary>
    public async Task<LiveSession> AuthorizeAsync(string clientId, string userId)
    {
        var now = Time.GetUtcNow();
        var request = Sample.Request(now, AuthorizationPhase.Upstream) with
        {
            ClientId = clientId,
            RedirectUri = TokenHost.RedirectUri,
            CodeChallenge = TokenHost.Challenge,
            Resource = TokenHost.Resource.Uri,
            Scopes = ["mcp:read", "mcp:write"],
            Subject = Subject.User(userId),
        };
        await _db.AuthorizationRequests.AddAsync(request, CancellationToken.None);
        var issued = _codes.Issue(request);
        var completed = await _db.AuthorizationRequests.CompleteAsync(request.Id, issued.Session, Sample.Audit(now, AuditActions.SessionCreated), now, CancellationToken.None);
        completed.ShouldBe(AuthorizationTransitionOutcome.Moved);
        return new LiveSession(request.SessionId, clientId, userId, issued.Code);
    }

    /// <summary>Does it, and keeps the tokens it gives out.</summary>
    public async Task<SessionAnswer> ExecuteAsync(LiveSession session, SessionOperation operation)
    {
        _sessions.Fault = operation.Fault;
        try
        {
            return operation switch
            {
                SessionOperation.Redeem redeem => await GrantAsync(session, ModelRequests.Redeem(session, redeem)),
                SessionOperation.Refresh refresh => await GrantAsync(session, ModelRequests.Refresh(session, refresh)),
                SessionOperation.Revoke => await RevokeAsync(session),
                SessionOperation.Sweep sweep => await SweepAsync(sweep),
                _ => await DisableSubjectAsync(session),
            };
        }
        catch (TimeoutException)
        {
            return new(AnswerKind.Failed);
        }
    }

    /// <summary>What the gateway would find.</summary>
    public AccessTokenOutcome Validate(string accessToken) =>
        _validator.Validate(accessToken, TokenHost.Resource.Uri, out _);

    /// <summary>The row; null when it was swept.</summary>
    public Task<Session?> FindAsync(LiveSession session) => _db.Sessions.FindAsync(session.Id, CancellationToken.None);

    /// <summary>How often the audit trail says that the session was revoked.</summary>
    public async Task<int> CountRevocationsAsync(LiveSession session) =>
        (await _db.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Target = $"session:{session.Id}", Limit = 10 }, CancellationToken.None)).Count;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task<SessionAnswer> GrantAsync(LiveSession session, OAuthParameters parameters)
    {
        var result = await _grants.ExecuteAsync(null, parameters, Origin, CancellationToken.None);
        if (result.Failed)
        {
            return new(result.Error.Code switch
            {
                "invalid_grant" => AnswerKind.InvalidGrant,
                "invalid_scope" => AnswerKind.InvalidScope,
                "invalid_target" => AnswerKind.InvalidTarget,
                var code => throw new InvalidOperationException($"Nothing should be answered with {code}."),
            });
        }

        var tokens = result.Value;
        var generation = GenerationOf(session, tokens.RefreshToken);
        session.Take(tokens.AccessToken.Token, Time.GetUtcNow().AddSeconds(tokens.AccessToken.ExpiresIn), generation, tokens.RefreshToken);
        return new(AnswerKind.Granted, generation);
    }

    private uint GenerationOf(LiveSession session, string? refreshToken)
    {
        if (refreshToken is null)
        {
            return 0;
        }

        _refreshTokens.TryParse(refreshToken, out var token).ShouldBeTrue();
        token.SessionId.ShouldBe(session.Id);
        return token.Generation;
    }

    private async Task<SessionAnswer> RevokeAsync(LiveSession session) =>
        new(await _revoker.RevokeAsync(session.Id, RevocationReasons.ClientRequest, $"client:{session.ClientId}", Origin) switch
        {
            SessionRevokeOutcome.Revoked => AnswerKind.Revoked,
            SessionRevokeOutcome.AlreadyRevoked => AnswerKind.AlreadyRevoked,
            _ => AnswerKind.NotFound,
        });

    private async Task<SessionAnswer> SweepAsync(SessionOperation.Sweep sweep)
    {
        await _db.Sweeps.DeleteAsync(sweep.Target, Time.GetUtcNow() - sweep.Age, int.MaxValue, Time.GetUtcNow(), CancellationToken.None);
        return new(AnswerKind.Swept);
    }

    private async Task<SessionAnswer> DisableSubjectAsync(LiveSession session)
    {
        await _db.DisableUserAsync(session.UserId, Time.GetUtcNow());
        return new(AnswerKind.Disabled);
    }
}
