using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Asks providers for new access tokens and stores what they answer. One refresh of a credential at a time; who comes meanwhile shares its end.</summary>
internal sealed class CredentialRefresher(
    CredentialVault vault, UpstreamClient client, RefreshBackoffs backoffs, UpstreamOptions options, ILogger logger)
{
    private readonly SingleFlight<CredentialKey, Renewal> _flights = new();

    /// <summary>Refreshes the token set of a row as it was read. A storage failure is thrown.</summary>
    /// <param name="provider">Its provider.</param>
    /// <param name="row">The row.</param>
    /// <param name="tokens">What it holds, with a refresh token.</param>
    /// <param name="forced">Whether an upstream rejected a token that has not expired.</param>
    public Task<Renewal> RenewAsync(Provider provider, StoredCredential row, TokenSet tokens, bool forced) =>
        _flights.RunAsync(row.Key, () => RenewCoreAsync(provider, row, tokens, forced), CancellationToken.None);

    /// <summary>Begins a refresh that nobody waits for.</summary>
    public void RenewInBackground(Provider provider, StoredCredential row, TokenSet tokens) => _ = RenewQuietlyAsync(provider, row, tokens);

    /// <summary>Ends when no refresh is under way: between a provider's answer and its storing nothing should stop the process.</summary>
    public Task WhenIdleAsync() => _flights.WhenIdleAsync();

    private async Task RenewQuietlyAsync(Provider provider, StoredCredential row, TokenSet tokens)
    {
        try
        {
            await RenewAsync(provider, row, tokens, forced: false);
        }
        catch (Exception e)
        {
            UpstreamLog.BackgroundRefreshFailed(logger, e, row.Key);
        }
    }

    private async Task<Renewal> RenewCoreAsync(Provider provider, StoredCredential row, TokenSet tokens, bool forced)
    {
        if (backoffs.Remaining(row.Key) is { } wait)
        {
            return Postponed(wait);
        }

        // A caller that read before the latest refresh ended must not ask with the refresh token that one used up.
        if (await vault.FindAsync(row.Key, CancellationToken.None) is not { Outcome: CredentialFindOutcome.Found, Row: { } current } || current.Version != row.Version)
        {
            return Renewal.Changed;
        }

        var refreshed = await RefreshAsync(provider, tokens);
        return refreshed.Outcome switch
        {
            TokenEndpointOutcome.Issued when client.Accounts.IsOther(provider, row.ProviderSubject, refreshed) => await EndAsync(row, "subject_changed"),
            TokenEndpointOutcome.Issued => await KeepAsync(row, tokens, refreshed.Tokens!, forced),
            TokenEndpointOutcome.InvalidGrant => await EndAsync(row, refreshed.Debug!),
            _ => Postpone(provider, row.Key, refreshed),
        };
    }

    private async Task<TokenEndpointResult> RefreshAsync(Provider provider, TokenSet tokens)
    {
        var found = await client.Providers.ResolveAsync(provider, tokens.Issuer, tokens.ClientId, CancellationToken.None);
        if (found is not { Provider: { } resolved, Metadata: { } metadata })
        {
            return new(found.Outcome == LegOutcome.Unavailable ? TokenEndpointOutcome.Unavailable : TokenEndpointOutcome.Unusable, Debug: found.Debug);
        }

        // What one authorization server gave to one client is never shown to another server, nor in another client's name.
        if (!RefreshPolicy.IsIssuedTo(tokens, resolved))
        {
            return new(TokenEndpointOutcome.InvalidGrant, Debug: "upstream_client_changed");
        }

        var refreshed = await client.Tokens.RefreshAsync(resolved, metadata.TokenEndpoint, tokens.RefreshToken!, CancellationToken.None);
        if (refreshed.InvalidClient)
        {
            client.Providers.Refuse(resolved);
        }

        return refreshed;
    }

    private async Task<Renewal> KeepAsync(StoredCredential row, TokenSet before, TokenSet refreshed, bool forced)
    {
        var merged = RefreshPolicy.Merge(before, refreshed);
        var rotated = RefreshPolicy.IsRotated(before, refreshed);
        try
        {
            if (await vault.ReplaceAsync(row, merged, CancellationToken.None) == CredentialPutOutcome.Conflict)
            {
                return Renewal.Changed;
            }
        }
        catch (Exception e)
        {
            UpstreamLog.RefreshNotStored(logger, e, row.Key, rotated);

            // The stored refresh token is still good unless it was rotated: then it is dead now, and so is the credential, unless the write got through after all.
            return rotated ? await EndAsync(row, "rotated_not_stored") : new Renewal(RenewalOutcome.Renewed, merged);
        }

        UpstreamLog.Refreshed(logger, row.Key);
        if (forced)
        {
            // An upstream that refuses every token would otherwise cost a refresh per request.
            backoffs.Set(row.Key, options.FailureBackoff);
        }

        return new Renewal(RenewalOutcome.Renewed, merged, row.Version + 1);
    }

    private async Task<Renewal> EndAsync(StoredCredential row, string reason) =>
        await vault.MarkAsync(row, CredentialStatus.NeedsReauth, reason, CancellationToken.None) == CredentialPutOutcome.Stored ? Renewal.Ended : Renewal.Changed;

    private Renewal Postpone(Provider provider, CredentialKey key, TokenEndpointResult refreshed)
    {
        if (refreshed.Outcome == TokenEndpointOutcome.ClientRefused)
        {
            UpstreamLog.ClientRefused(logger, provider.Name);
        }

        UpstreamLog.RefreshFailed(logger, key, refreshed.Debug);
        var wait = refreshed.RetryAfter > options.FailureBackoff ? refreshed.RetryAfter.Value : options.FailureBackoff;
        backoffs.Set(key, wait);
        return Postponed(wait);
    }

    private static Renewal Postponed(TimeSpan wait) => new(RenewalOutcome.Postponed, Wait: wait);
}
