using System.Runtime.CompilerServices;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Swaps a validated access token for what its resource's upstream wants. Warm requests do no I/O; one credential is refreshed by one caller at a time.</summary>
public sealed class UpstreamAuthorizer : IUpstreamAuthorizer, IDisposable
{
    private const int Capacity = 20_000;
    private const int MaxReauthorizations = 3;
    private readonly CredentialVault _vault;
    private readonly WarmCredentials _credentials;
    private readonly WarmAuthorizations _authorizations;
    private readonly RefreshBackoffs _backoffs;
    private readonly CredentialRefresher _refresher;
    private readonly CredentialRefusals _refusals;
    private readonly CredentialSource _source;
    private readonly UpstreamOptions _options;
    private readonly ILogger _logger;
    private readonly ConditionalWeakTable<Resource, UpstreamAuthorization> _static = [];

    /// <summary>An authorizer over the vault; it follows the vault's changes until disposed.</summary>
    public UpstreamAuthorizer(
        CredentialVault vault,
        ICredentialRefreshStore refreshes,
        ICredentialRefusalStore refusals,
        UpstreamClient client,
        UpstreamOptions options,
        TimeProvider time,
        ILogger<UpstreamAuthorizer> logger)
    {
        _vault = vault;
        _options = options;
        _logger = logger;
        _credentials = new WarmCredentials(Capacity, time);
        _authorizations = new WarmAuthorizations(Capacity, time);
        _backoffs = new RefreshBackoffs(Capacity, time);
        _refresher = new CredentialRefresher(vault, refreshes, client, _backoffs, options, time, logger);
        _refusals = new CredentialRefusals(refusals, vault, options.RefusalRetryInterval, time, logger);
        _source = new CredentialSource(vault, _refresher, _refusals, _credentials, _backoffs, options, time);
        vault.Changed += OnChanged;
    }

    /// <inheritdoc />
    public ValueTask<UpstreamAuthorization> AuthorizeAsync(Resource resource, AccessToken accessToken, CancellationToken cancellationToken)
    {
        if (resource.Auth != ResourceAuthKind.Credentials)
        {
            return new(WithoutCredential(resource));
        }

        var key = new AuthorizationKey(resource, accessToken);
        return _authorizations.TryGet(key, out var authorization) ? new(authorization) : new(ObtainAsync(key, rejected: null, cancellationToken));
    }

    /// <inheritdoc />
    public async ValueTask<UpstreamAuthorization> ReauthorizeAsync(Resource resource, AccessToken accessToken, UpstreamAuthorization rejected, CancellationToken cancellationToken)
    {
        if (resource.Auth != ResourceAuthKind.Credentials)
        {
            return WithoutCredential(resource);
        }

        // A read or refresh joined here may have begun before the rejection and bring a rejected version once more.
        var key = new AuthorizationKey(resource, accessToken);
        for (var attempt = 0; attempt < MaxReauthorizations; attempt++)
        {
            var authorization = await ObtainAsync(key, rejected, cancellationToken);
            if (!authorization.Used.Any(u => IsRejected(rejected, u)))
            {
                return authorization;
            }
        }

        return UpstreamAuthorization.Unavailable(_options.FailureBackoff);
    }

    /// <inheritdoc />
    public async ValueTask AcceptedAsync(UpstreamAuthorization accepted)
    {
        foreach (var use in accepted.Used.Where(u => u.Retry is not null))
        {
            try
            {
                await _refusals.LiftAsync(use.Retry!);
            }
            catch (Exception failure)
            {
                UpstreamLog.RefusalNotLifted(_logger, failure, use.Key, use.Retry!.Resource);
            }
        }
    }

    /// <summary>Refreshes the shared credentials that are due, all at once; one that fails does not keep the others from theirs.</summary>
    public Task RefreshSharedAsync(IReadOnlyList<Provider> providers, CancellationToken cancellationToken) =>
        Task.WhenAll(providers.Where(p => p is { Owner: ProviderOwner.Shared, Kind: not ProviderKind.Headers }).Select(p => RefreshSharedAsync(p, cancellationToken)));

    /// <summary>Ends when no refresh is under way. A process that waits for it before it stops leaves no provider's answer unstored.</summary>
    public Task WhenIdleAsync() => _refresher.WhenIdleAsync();

    /// <summary>Forgets what is warm, so that every credential is read again. After credentials were marked, and before a changed configuration sends them anywhere.</summary>
    public void Forget() => _credentials.Clear();

    /// <inheritdoc />
    public void Dispose() => _vault.Changed -= OnChanged;

    private static bool IsRejected(UpstreamAuthorization rejected, CredentialUse use) =>
        RejectionPolicy.Judge(rejected, use.Key) is { Verdict: not RejectionVerdict.Keep } rejection && rejection.Version == use.Version;

    private async Task<UpstreamAuthorization> ObtainAsync(AuthorizationKey key, UpstreamAuthorization? rejected, CancellationToken cancellationToken)
    {
        var wanted = key.Resource.Providers.Select(p => Want(key.Resource, p, key.CredentialOf(p.Provider), rejected)).ToArray();
        var parts = await _source.ObtainAsync(key, wanted, cancellationToken);
        var combined = CombinationPolicy.Combine(key, parts);
        if (combined.Outcome == UpstreamAuthorizationOutcome.Available)
        {
            _authorizations.Put(key, combined, parts);
        }

        return combined;
    }

    private static WantedCredential Want(Resource resource, ResourceProvider entry, CredentialKey key, UpstreamAuthorization? rejected) =>
        new(entry.Provider, key, resource.Name, entry.Required, rejected is null ? null : RejectionPolicy.Judge(rejected, key));

    private async Task RefreshSharedAsync(Provider provider, CancellationToken cancellationToken)
    {
        var key = new CredentialKey(CredentialOwner.SharedBy(provider), provider.Name);
        try
        {
            await _source.RenewIfDueAsync(provider, key, cancellationToken);
        }
#pragma warning disable CA1031 // The store or the provider cannot be reached: the next round tries again.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            UpstreamLog.BackgroundRefreshFailed(_logger, failure, key);
        }
    }

    private UpstreamAuthorization WithoutCredential(Resource resource) => resource.Auth == ResourceAuthKind.StaticHeaders
        ? _static.GetValue(resource, r => new UpstreamAuthorization { Outcome = UpstreamAuthorizationOutcome.Available, Headers = r.StaticHeaders })
        : UpstreamAuthorization.Nothing;

    private void OnChanged(CredentialKey key)
    {
        _credentials.Forget(key);
        _backoffs.Clear(key);
    }
}
