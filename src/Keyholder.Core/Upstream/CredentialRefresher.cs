using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>
/// Asks providers for new access tokens and stores what they answer. One refresh of a credential at a time, on this node because its callers share one flight, among nodes
/// by the right the store gives to one; who comes meanwhile shares the end.
/// </summary>
internal sealed class CredentialRefresher(
    CredentialVault vault, ICredentialRefreshStore refreshes, UpstreamClient client, RefreshBackoffs backoffs, UpstreamOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    /// <summary>How long the right to a refresh lasts: well beyond the one request it is for, and the storing of the answer.</summary>
    private readonly TimeSpan _right = (2 * options.Timeout) + TimeSpan.FromSeconds(10);
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
        if (backoffs.Remaining(row.Key, row.Version) is { } wait)
        {
            return Postponed(wait);
        }

        // Before the right is taken, so that it only has to last for the request to the token endpoint.
        var found = await client.Providers.ResolveAsync(provider, tokens.Issuer, tokens.ClientId, CancellationToken.None);
        if (found is not { Provider: { } resolved, Metadata: { } metadata })
        {
            UpstreamLog.RefreshFailed(logger, row.Key, found.Debug);
            backoffs.Fail(row.Key, options.FailureBackoff);
            return Postponed(options.FailureBackoff);
        }

        // What one authorization server gave to one client is never shown to another server, nor in another client's name.
        if (!RefreshPolicy.IsIssuedTo(tokens, resolved, metadata))
        {
            return await vault.MarkAsync(row, CredentialStatus.NeedsReauth, "upstream_client_changed", CancellationToken.None) == CredentialPutOutcome.Stored
                ? Renewal.Ended
                : Renewal.Changed;
        }

        var (refresh, instead) = await BeginAsync(row);
        return refresh is null ? instead! : await AskAsync(resolved, metadata, refresh, row, tokens, forced);
    }

    /// <summary>Takes the right to refresh, or says how the refresh ended without it. Who finds it taken waits about as long as a provider may take to answer.</summary>
    private async Task<(CredentialRefresh? Refresh, Renewal? Instead)> BeginAsync(StoredCredential row)
    {
        var patience = time.GetUtcNow() + options.Timeout;
        for (var look = FirstLook; ; look = look * 2 < LongestLook ? look * 2 : LongestLook)
        {
            var now = time.GetUtcNow();
            var beginning = await refreshes.BeginAsync(row, now + _right, now, CancellationToken.None);
            switch (beginning.Outcome)
            {
                case RefreshBeginOutcome.Begun:
                    return (beginning.Refresh, null);
                case RefreshBeginOutcome.Changed:
                    return (null, Renewal.Changed);
                case RefreshBeginOutcome.Paused:
                    backoffs.Pause(row.Key, beginning.Until!.Value - now);
                    return (null, Postponed(beginning.Until.Value - now));
                case RefreshBeginOutcome.Busy when now >= patience:
                    return (null, Postponed(options.FailureBackoff));
            }

            await Task.Delay(look, time, CancellationToken.None);
        }
    }

    private async Task<Renewal> AskAsync(Provider provider, ProviderMetadata metadata, CredentialRefresh refresh, StoredCredential row, TokenSet tokens, bool forced)
    {
        if (refresh.Interrupted)
        {
            UpstreamLog.RefreshInterrupted(logger, row.Key);
        }

        var refreshed = await client.Tokens.RefreshAsync(provider, metadata.TokenEndpoint, tokens.RefreshToken!, CancellationToken.None);
        if (refreshed.InvalidClient)
        {
            client.Providers.Refuse(provider);
        }
        else if (refreshed.Outcome == TokenEndpointOutcome.Issued)
        {
            client.Providers.Accept(provider);
        }

        return refreshed.Outcome switch
        {
            TokenEndpointOutcome.Issued when client.Accounts.IsOther(provider, row.ProviderSubject, refreshed) => await EndAsync(refresh, "subject_changed"),
            TokenEndpointOutcome.Issued => await KeepAsync(refresh, row, tokens, refreshed.Tokens!, forced),

            // The refresh that was interrupted may have used the token up.
            TokenEndpointOutcome.InvalidGrant => await EndAsync(refresh, refresh.Interrupted ? "refresh_interrupted" : "invalid_grant"),
            _ => await PostponeAsync(provider, refresh, refreshed),
        };
    }

    private async Task<Renewal> KeepAsync(CredentialRefresh refresh, StoredCredential row, TokenSet before, TokenSet refreshed, bool forced)
    {
        var merged = RefreshPolicy.Merge(before, refreshed);
        var rotated = RefreshPolicy.IsRotated(before, refreshed);

        // An upstream that refuses every token would otherwise cost a refresh per request.
        DateTimeOffset? pausedUntil = forced ? time.GetUtcNow() + options.FailureBackoff : null;
        RefreshStoreOutcome stored;
        try
        {
            stored = await vault.CompleteRefreshAsync(refresh, row, merged, pausedUntil, CancellationToken.None);
        }
        catch (Exception e)
        {
            UpstreamLog.RefreshNotStored(logger, e, row.Key, rotated);

            // The stored refresh token is still good unless it was rotated: then it is dead now, and so is the credential, unless the write got through after all.
            return rotated ? await EndAsync(refresh, "rotated_not_stored") : new Renewal(RenewalOutcome.Renewed, merged);
        }

        if (stored != RefreshStoreOutcome.Stored)
        {
            UpstreamLog.RefreshOvertaken(logger, row.Key, stored, rotated);
            return Renewal.Changed;
        }

        UpstreamLog.Refreshed(logger, row.Key);
        if (forced)
        {
            backoffs.Pause(row.Key, options.FailureBackoff, since: row.Version + 1);
        }

        return new Renewal(RenewalOutcome.Renewed, merged, row.Version + 1);
    }

    private async Task<Renewal> EndAsync(CredentialRefresh refresh, string reason) =>
        await vault.FailRefreshAsync(refresh, reason, CancellationToken.None) ? Renewal.Ended : Renewal.Changed;

    private async Task<Renewal> PostponeAsync(Provider provider, CredentialRefresh refresh, TokenEndpointResult refreshed)
    {
        if (refreshed.Outcome == TokenEndpointOutcome.ClientRefused)
        {
            UpstreamLog.ClientRefused(logger, provider.Name);
        }

        UpstreamLog.RefreshFailed(logger, refresh.Key, refreshed.Debug);
        var wait = refreshed.RetryAfter > options.FailureBackoff ? refreshed.RetryAfter.Value : options.FailureBackoff;
        backoffs.Fail(refresh.Key, wait);
        await refreshes.PauseAsync(refresh, time.GetUtcNow() + wait, CancellationToken.None);
        return Postponed(wait);
    }

    private static Renewal Postponed(TimeSpan wait) => new(RenewalOutcome.Postponed, Wait: wait);
}
