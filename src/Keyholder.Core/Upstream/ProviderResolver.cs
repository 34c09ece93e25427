using System.Collections.Concurrent;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Upstream.Discovery;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>
/// Completes a provider with everything a conversation with it needs. A configured one needs its metadata at most. One that is found by discovery gets issuer, client,
/// scopes and resource from its upstream; what is found is used for a while, and looked for again whenever a person is sent there.
/// </summary>
internal sealed class ProviderResolver(
    ProviderMetadataSource metadata, ProtectedResourceSource resources, UpstreamClientRegistrar? registrar, UpstreamOptions options, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Entry> _found = new();
    private readonly SingleFlight<string, Entry> _flights = new();

    /// <summary>The provider as it is now, for sending a person there.</summary>
    /// <param name="provider">The provider as configured.</param>
    /// <param name="demanded">What its upstream demanded beyond what discovery finds. Where the operator said what to ask for, nothing is added.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public async Task<ResolvedProvider> ResolveFreshAsync(Provider provider, IReadOnlyList<string> demanded, CancellationToken cancellationToken)
    {
        if (provider.Discovery is null)
        {
            return await ConfiguredAsync(provider, cancellationToken);
        }

        var found = (await DiscoverAsync(provider, cancellationToken)).Result;
        return found is { Provider: { } resolved, Metadata: { } usable } && provider.Scopes.Count == 0 && demanded.Count > 0
            ? found with { Provider = resolved with { Scopes = WithOfflineAccess([.. resolved.Scopes.Union(demanded, StringComparer.Ordinal)], usable) } }
            : found;
    }

    /// <summary>The provider as it was when the client got its tokens or code, or as it is now when it changed since.</summary>
    /// <param name="provider">The provider as configured.</param>
    /// <param name="issuer">The issuer then; null when not known.</param>
    /// <param name="clientId">Keyholder's client id then; null when not known.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public async Task<ResolvedProvider> ResolveAsync(Provider provider, string? issuer, string? clientId, CancellationToken cancellationToken)
    {
        if (provider.Discovery is null)
        {
            return await ConfiguredAsync(provider, cancellationToken);
        }

        var now = time.GetUtcNow();
        if (Kept(provider, now) is { } kept)
        {
            var found = await AsThenAsync(kept, issuer, clientId, cancellationToken);
            if (found.Fits(issuer, clientId) || now < kept.At + options.FailureBackoff)
            {
                return Believable(found, issuer);
            }
        }

        return Believable(await AsThenAsync(await DiscoverAsync(provider, cancellationToken), issuer, clientId, cancellationToken), issuer);
    }

    /// <summary>Notes that the authorization server does not know Keyholder's client any more.</summary>
    public void Refuse(Provider resolved)
    {
        if (resolved.Discovery is not null)
        {
            registrar?.Refuse(resolved);
            _found.TryRemove(resolved.Name, out _);
        }
    }

    /// <summary>Notes that the authorization server knows Keyholder's client.</summary>
    public void Accept(Provider resolved)
    {
        if (resolved.Discovery is not null)
        {
            registrar?.Accept(resolved);
        }
    }

    private async Task<ResolvedProvider> ConfiguredAsync(Provider provider, CancellationToken cancellationToken)
    {
        var found = await metadata.GetAsync(provider, cancellationToken);
        return found.Metadata is { } usable ? ResolvedProvider.Of(provider, usable) : ResolvedProvider.Failed(found.Outcome, found.Debug);
    }

    private Task<Entry> DiscoverAsync(Provider provider, CancellationToken cancellationToken) =>
        _flights.RunAsync(provider.Name, () => LoadAsync(provider), cancellationToken);

    private async Task<Entry> LoadAsync(Provider provider)
    {
        var located = await LookAsync(provider);
        var result = located is { Provider: { } there, Metadata: { } usable } ? await BecomeClientAsync(there, usable) : located;
        var now = time.GetUtcNow();
        if (SaysNothing(result) && Kept(provider, now) is { Result.Provider: not null } before && !SaysNothing(before.Result))
        {
            return before; // an upstream that is down, or has not one document any more, says nothing about its authorization server
        }

        var entry = new Entry(provider, located, result, now, now + (result.Provider is null ? options.FailureBackoff : options.MetadataLifetime));
        _found[provider.Name] = entry;
        return entry;
    }

    private static bool SaysNothing(ResolvedProvider result) => result is { Outcome: LegOutcome.Unavailable } or { Metadata.ByConvention: true };

    private Entry? Kept(Provider provider, DateTimeOffset now) =>
        _found.TryGetValue(provider.Name, out var entry) && ReferenceEquals(entry.Source, provider) && now < entry.Until ? entry : null;

    // What a client obtained stays with it, also after Keyholder became another client of the same authorization server.
    private async Task<ResolvedProvider> AsThenAsync(Entry entry, string? issuer, string? clientId, CancellationToken cancellationToken)
    {
        if (registrar is null || clientId is null || entry.Result.Provider?.ClientId == clientId
            || entry.Located is not { Provider: { } located, Metadata: { } metadata } || located.Issuer != issuer)
        {
            return entry.Result;
        }

        return await registrar.FindAsync(located, clientId, cancellationToken) switch
        {
            null => entry.Result,
            { Client: { } then } => ResolvedProvider.Of(As(then, located), metadata),
            var failed => ResolvedProvider.Failed(failed.Outcome, failed.Debug),
        };
    }

    private static ResolvedProvider Believable(ResolvedProvider found, string? issuer) => found is { Metadata.ByConvention: true } && !found.Fits(issuer, null)
        ? ResolvedProvider.Failed(LegOutcome.Unavailable, "The upstream names its authorization server no more, which says nothing about what that one issued.")
        : found;

    private async Task<ResolvedProvider> LookAsync(Provider provider)
    {
        var (discovery, trusted) = (provider.Discovery!, TrustedOrigins.Of(provider));
        var found = await resources.FetchAsync(discovery.Upstream, trusted, CancellationToken.None);
        if (found.Resource is not { } resource)
        {
            return ResolvedProvider.Failed(found.Outcome, found.Debug);
        }

        if (!Uri.TryCreate(resource.Issuer, UriKind.Absolute, out var issuer) || !trusted.Allows(issuer)
            || (discovery.Issuer is not null && discovery.Issuer != resource.Issuer))
        {
            return ResolvedProvider.Failed(LegOutcome.Rejected, "The upstream names an authorization server that is not allowed.");
        }

        var located = provider with { Issuer = resource.Issuer, ResourceParameter = discovery.OmitResource ? null : resource.Resource };
        var document = await metadata.GetAsync(located, CancellationToken.None);
        if (document is { Missing: true } && resource.Resource is null)
        {
            (located, document) = ByConvention(located);
        }

        if (document.Metadata is not { } usable)
        {
            return ResolvedProvider.Failed(document.Outcome, document.Debug);
        }

        return ResolvedProvider.Of(located with { Scopes = ScopesFor(provider, resource, usable) }, usable);
    }

    private async Task<ResolvedProvider> BecomeClientAsync(Provider located, ProviderMetadata usable)
    {
        var became = registrar is null
            ? UpstreamClientResult.Rejected("Nothing can be registered here.")
            : await registrar.GetAsync(located, usable, CancellationToken.None);
        if (became.Client is not { } client)
        {
            return ResolvedProvider.Failed(became.Outcome, became.Debug);
        }

        UpstreamLog.ProviderDiscovered(logger, located.Name, located.Issuer!);
        return ResolvedProvider.Of(As(client, located), usable);
    }

    private static Provider As(RegisteredUpstreamClient client, Provider located) =>
        located with { ClientId = client.ClientId, ClientSecret = client.ClientSecret, ClientAuthMethod = client.AuthMethod };

    private static IReadOnlyList<string> ScopesFor(Provider provider, ProtectedResource resource, ProviderMetadata usable)
    {
        if (provider.Scopes.Count > 0)
        {
            return provider.Scopes;
        }

        return WithOfflineAccess(resource.Scopes, usable);
    }

    // A refresh token may need a scope of its own (OpenID Connect Core section 11). It is never the only one: that would take the default scopes away.
    private static IReadOnlyList<string> WithOfflineAccess(IReadOnlyList<string> scopes, ProviderMetadata usable) =>
        scopes.Count > 0 && usable.OffersOfflineAccess ? [.. scopes.Union([Scopes.OfflineAccess], StringComparer.Ordinal)] : scopes;

    // MCP 2025-03-26: an authorization server without metadata has its endpoints at fixed paths of its origin.
    private static (Provider Provider, ProviderMetadataResult Metadata) ByConvention(Provider located)
    {
        var provider = located with { AuthorizationEndpoint = new Uri(located.Issuer + "/authorize"), TokenEndpoint = new Uri(located.Issuer + "/token") };
        return (provider, ProviderMetadataResult.Of(new ProviderMetadata
        {
            Issuer = provider.Issuer,
            AuthorizationEndpoint = provider.AuthorizationEndpoint,
            TokenEndpoint = provider.TokenEndpoint,
            RegistrationEndpoint = new Uri(located.Issuer + "/register"),
            ByConvention = true,
        }));
    }

    /// <summary>What was found: where the provider is, and, as <paramref name="Result"/>, with the client Keyholder is there now, if it could become one.</summary>
    private sealed record Entry(Provider Source, ResolvedProvider Located, ResolvedProvider Result, DateTimeOffset At, DateTimeOffset Until);
}
