using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.OAuth;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Bench.Refresh;

/// <summary>Fills a server's database through its own storage: sessions of one user and one client, with refresh tokens the server takes for its own.</summary>
internal static class SeededDatabase
{
    public const string ClientId = "bench";

    private const int AtOnce = 512;

    /// <summary>Adds sessions and returns their refresh tokens.</summary>
    /// <param name="configurationFile">The server's configuration; it must not run yet.</param>
    /// <param name="sessions">How many.</param>
    /// <param name="time">The clock.</param>
    public static async Task<RefreshTokens> AddSessionsAsync(string configurationFile, int sessions, TimeProvider time)
    {
        var configuration = ConfigurationLoader.Load(configurationFile, new Dictionary<string, string>()).Configuration
            ?? throw new InvalidOperationException("The configuration is wrong.");
        await using var storage = await StorageServices.OpenAsync(configuration.Storage, time, CancellationToken.None);
        var secrets = await ServerSecrets.LoadAsync(storage.ServerSecrets, new EnvelopeSealer(VaultServices.LoadKeys(configuration)), time, CancellationToken.None);
        var format = new OpaqueTokenFormats(secrets).RefreshToken;
        var now = time.GetUtcNow();
        await storage.Users.AddLocalAsync(new LocalUser(new User("bench", "Bench", now), "bench", "no password"), Audit(now, AuditActions.UserAdded, "user:bench"), CancellationToken.None);

        var tokens = new string[sessions];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < sessions; i = Interlocked.Increment(ref next))
            {
                tokens[i] = format.Format(await AddSessionAsync(storage, configuration.Resources.Resources[0].Uri, now));
            }
        })));
        return new RefreshTokens(tokens);
    }

    /// <summary>A session whose code was redeemed, as it stands after the first token response.</summary>
    private static async Task<OpaqueToken> AddSessionAsync(IKeyholderStorage storage, string resource, DateTimeOffset now)
    {
        var token = new OpaqueToken(SessionId.Create(), generation: 1, TokenSecret.Create());
        var request = new AuthorizationRequest
        {
            Id = Base64UrlText.Encode(TokenSecret.Create().Hash()),
            Phase = AuthorizationPhase.Upstream,
            BrowserHash = new byte[32],
            SessionId = token.SessionId,
            ClientId = ClientId,
            RedirectUri = "http://127.0.0.1/callback",
            RedirectUriWasSent = true,
            CodeChallenge = Base64UrlText.Encode(new byte[32]),
            Resource = resource,
            Scopes = ["mcp:read", "mcp:write"],
            Subject = Subject.User("bench"),
            AuthenticatedAt = now,
            CreatedAt = now,
            ExpiresAt = now.AddMinutes(10),
        };
        var session = new Session
        {
            Id = token.SessionId,
            Subject = request.Subject,
            ClientId = ClientId,
            Resource = resource,
            Scopes = request.Scopes,
            AuthenticatedAt = now,
            CreatedAt = now,
            LastUsedAt = now,
            IdleExpiresAt = now.AddDays(30),
            AbsoluteExpiresAt = now.AddDays(180),
            Generation = token.Generation,
            RefreshHash = token.Secret.Hash(),
            Code = new AuthorizationCodeRecord
            {
                Hash = TokenSecret.Create().Hash(),
                ExpiresAt = now.AddMinutes(1),
                RedirectUri = request.RedirectUri,
                RedirectUriWasSent = true,
                Challenge = request.CodeChallenge,
                RedeemedAt = now,
            },
        };
        await storage.AuthorizationRequests.AddAsync(request, CancellationToken.None);
        await storage.AuthorizationRequests.CompleteAsync(request.Id, session, Audit(now, AuditActions.SessionCreated, $"session:{session.Id}"), now, CancellationToken.None);
        return token;
    }

    private static AuditEvent Audit(DateTimeOffset now, string action, string target) => new() { At = now, Action = action, Actor = "system", Target = target };
}
