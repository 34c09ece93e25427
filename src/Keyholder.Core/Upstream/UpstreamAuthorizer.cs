using System.Runtime.CompilerServices;
using Keyholder.Resources;
using Keyholder.Tokens;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Swaps a validated access token for what its resource's upstream wants. Warm requests do no I/O; one credential is read and refreshed by one caller at a time.</summary>
public sealed class UpstreamAuthorizer : IUpstreamAuthorizer, IDisposable
{
    private const int Capacity = 20_000;
    private const int MaxReauthorizations = 3;
    private readonly CredentialVault _vault;
    private readonly WarmAuthorizations _warm;
    private readonly RefreshBackoffs _backoffs;
    private readonly CredentialRefresher _refresher;
    private readonly UpstreamOptions _options;
    private readonly SingleFlight<CredentialKey, UpstreamAuthorization> _flights = new();
    private readonly ConditionalWeakTable<Resource, UpstreamAuthorization> _static = [];

    /// <summary>An authorizer over the vault; it follows the vault's changes until disposed.</summary>
    public UpstreamAuthorizer(CredentialVault vault, UpstreamClient client, UpstreamOptions options, TimeProvider time, ILogger<UpstreamAuthorizer> logger)
    {
        _vault = vault;
        _options = options;
        _warm = new WarmAuthorizations(Capacity, time);
        _backoffs = new RefreshBackoffs(Capacity, time);
        _refresher = new CredentialRefresher(vault, client, _warm, _backoffs, options, time, logger);
        vault.Changed += OnChanged;
    }

    /// <inheritdoc />
    public ValueTask<UpstreamAuthorization> AuthorizeAsync(Resource resource, AccessToken accessToken, CancellationToken cancellationToken)
    {
        if (resource.Auth != ResourceAuthKind.UserOAuth)
        {
            return new(WithoutCredential(resource));
        }

        var key = KeyOf(resource, accessToken);
        return _warm.TryGet(key, out var authorization)
            ? new(authorization)
            : new(ObtainAsync(resource.Provider!, key, rejected: null, cancellationToken));
    }

    /// <inheritdoc />
    public async ValueTask<UpstreamAuthorization> ReauthorizeAsync(Resource resource, AccessToken accessToken, UpstreamAuthorization rejected, CancellationToken cancellationToken)
    {
        if (resource.Auth != ResourceAuthKind.UserOAuth)
        {
            return WithoutCredential(resource);
        }

        // A flight joined here may have begun before the rejection and bring the rejected version once more.
        var key = KeyOf(resource, accessToken);
        for (var attempt = 0; attempt < MaxReauthorizations; attempt++)
        {
            var authorization = await ObtainAsync(resource.Provider!, key, rejected, cancellationToken);
            if (authorization.Outcome != UpstreamAuthorizationOutcome.Available || authorization.CredentialVersion != rejected.CredentialVersion)
            {
                return authorization;
            }
        }

        return new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.TemporarilyUnavailable, RetryAfter = _options.FailureBackoff };
    }

    /// <inheritdoc />
    public void Dispose() => _vault.Changed -= OnChanged;

    private Task<UpstreamAuthorization> ObtainAsync(Provider provider, CredentialKey key, UpstreamAuthorization? rejected, CancellationToken cancellationToken) =>
        _flights.RunAsync(key, () => _refresher.ObtainAsync(provider, key, rejected), cancellationToken);

    private UpstreamAuthorization WithoutCredential(Resource resource) => resource.Auth == ResourceAuthKind.StaticHeaders
        ? _static.GetValue(resource, r => new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.Available, Headers = r.StaticHeaders })
        : UpstreamAuthorization.Nothing;

    private static CredentialKey KeyOf(Resource resource, AccessToken accessToken) =>
        new(CredentialOwner.Of(accessToken.Subject), resource.Provider!.Name);

    private void OnChanged(CredentialKey key)
    {
        _warm.Forget(key);
        _backoffs.Clear(key);
    }
}
