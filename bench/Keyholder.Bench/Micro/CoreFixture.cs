using System.Security.Cryptography;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Storage.Sqlite;
using Keyholder.Tokens;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Bench.Micro;

/// <summary>The parts under measurement, wired as the server wires them, on an in-memory database.</summary>
internal sealed class CoreFixture
{
    public const string Resource = "http://localhost:7717/mcp/bench";

    public required EnvelopeSealer Sealer { get; init; }

    public required AccessTokenIssuer AccessTokens { get; init; }

    public required AccessTokenValidator Validator { get; init; }

    public required OpaqueTokenFormats Formats { get; init; }

    public required Session Session { get; init; }

    public required RevocationIndex Revocations { get; init; }

    public required RevocationFeed Feed { get; init; }

    public required IKeyholderStorage Storage { get; init; }

    public static async Task<CoreFixture> CreateAsync(int cacheCapacity = 100_000)
    {
#pragma warning disable RS0030 // A benchmark runs on the real clock.
        var time = TimeProvider.System;
#pragma warning restore RS0030
        var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, time, CancellationToken.None);
        var ring = VaultKeyRing.Parse("bench:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), [])!;
        var sealer = new EnvelopeSealer(ring);
        var keys = await SigningKeyRing.LoadAsync(storage.ServerSecrets, sealer, time, CancellationToken.None);
        var secrets = await ServerSecrets.LoadAsync(storage.ServerSecrets, sealer, time, CancellationToken.None);
        var issuer = new Issuer("http://localhost:7717");
        var options = new AccessTokenOptions { CacheCapacity = cacheCapacity };
        // The log is read once, and a run of hours must not make it stale.
        var following = new RevocationOptions { MaxStaleness = TimeSpan.FromDays(1) };
        var revocations = new RevocationIndex(new NoResources(), following, new RevocationMetrics(), time);
        var watches = new RevocationWatches(revocations, NullLogger<RevocationWatches>.Instance);
        var feed = new RevocationFeed(storage.Revocations, storage.RevocationSignal, revocations, watches, following, time, NullLogger<RevocationFeed>.Instance);
        await feed.LoadAsync(CancellationToken.None);
        return new CoreFixture
        {
            Sealer = sealer,
            AccessTokens = new AccessTokenIssuer(keys, issuer, options, time),
            Validator = new AccessTokenValidator(keys, issuer, revocations, options, time),
            Formats = new OpaqueTokenFormats(secrets),
            Session = SessionAt(time.GetUtcNow()),
            Revocations = revocations,
            Feed = feed,
            Storage = storage,
        };
    }

    private static Session SessionAt(DateTimeOffset now) => new()
    {
        Id = SessionId.Create(),
        Subject = Subject.User("bench"),
        ClientId = "kh_cl_bench",
        Resource = Resource,
        Scopes = ["mcp:bench"],
        AuthenticatedAt = now,
        CreatedAt = now,
        IdleExpiresAt = now.AddDays(30),
        AbsoluteExpiresAt = now.AddDays(180),
        Code = new AuthorizationCodeRecord { Hash = new byte[32], ExpiresAt = now, RedirectUri = "http://localhost/", RedirectUriWasSent = true, Challenge = "" },
    };

    private sealed class NoResources : IResourceSource
    {
        public ResourceSnapshot Current { get; } = new([], []);
    }
}
