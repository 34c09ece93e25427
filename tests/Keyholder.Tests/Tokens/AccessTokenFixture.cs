using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Tests.Sessions;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;

namespace Keyholder.Tests.Tokens;

/// <summary>An issuer of access tokens, its keys, and the validator that belongs to them.</summary>
internal sealed class AccessTokenFixture
{
    private AccessTokenFixture(SigningKeyRing keys, SecretStoreInMemory store, ManualTimeProvider time, AccessTokenOptions options)
    {
        (Keys, Store, Time) = (keys, store, time);
        Issuer = new AccessTokenIssuer(keys, IssuerValue, options, time);
        // Hours pass in these tests without a feed that would confirm anything.
        Revocations = new RevocationIndex(
            new ConfiguredResources(new ResourceSnapshot([], [])), new RevocationOptions { MaxStaleness = TimeSpan.FromDays(365) }, new RevocationMetrics(), time);
        Revocations.Confirm(time.GetUtcNow());
        Validator = new AccessTokenValidator(keys, IssuerValue, Revocations, options, time);
    }

    public static Issuer IssuerValue { get; } = new("https://keys.example.com");

    public ManualTimeProvider Time { get; }

    public SecretStoreInMemory Store { get; }

    public SigningKeyRing Keys { get; }

    public AccessTokenIssuer Issuer { get; }

    public RevocationIndex Revocations { get; }

    public AccessTokenValidator Validator { get; }

    public Session Session { get; } = SessionFixture.Create();

    public static async Task<AccessTokenFixture> CreateAsync(AccessTokenOptions? options = null)
    {
        var time = new ManualTimeProvider();
        var store = new SecretStoreInMemory();
        return new AccessTokenFixture(await SigningKeyRing.LoadAsync(store, new ClearSealer(), time, CancellationToken.None), store, time, options ?? new());
    }

    public string Issue() => Issuer.Issue(Session, Session.Scopes).Token;

    public AccessTokenOutcome Validate(string token) => Validator.Validate(token, Session.Resource, out _);
}
