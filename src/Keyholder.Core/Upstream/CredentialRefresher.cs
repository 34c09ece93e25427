using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream;

/// <summary>Turns a stored credential into an authorization, refreshing it when due. Never runs twice at once for one credential: its caller sees to that.</summary>
internal sealed class CredentialRefresher(
    CredentialVault vault, UpstreamClient client, WarmCredentials warm, RefreshBackoffs backoffs,
    UpstreamOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>How long a row is believed without reading it again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);
    private const int MaxAttempts = 4;

    /// <summary>Reads, refreshes if due or if the stored version was rejected, and stores. A storage failure is thrown.</summary>
    public async Task<WarmCredential> ObtainAsync(Provider provider, CredentialKey key, Rejection? rejection)
    {
        // A conflict means that someone connected, refreshed or deleted meanwhile: what they stored is looked at afresh.
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await TryObtainAsync(provider, key, rejection) is { } credential)
            {
                return credential;
            }
        }

        return Unavailable(options.FailureBackoff);
    }

    private async Task<WarmCredential?> TryObtainAsync(Provider provider, CredentialKey key, Rejection? rejection)
    {
        var ticket = warm.Ticket(key);
        var found = await vault.FindAsync(key, CancellationToken.None);
        if (found is not { Row: { } row, Tokens: { } tokens })
        {
            return ReconnectRequired;
        }

        var now = time.GetUtcNow();
        var verdict = rejection is { } judged && judged.Version == row.Version ? judged.Verdict : RejectionVerdict.Keep;
        switch (verdict)
        {
            case RejectionVerdict.Spare:
                return Unavailable(options.FailureBackoff);
            case RejectionVerdict.End:
                return await EndAsync(row, rejection!.Value.Renewed ? "rejected_after_refresh" : "rejected_without_refresh_token");
        }

        var rejected = verdict == RejectionVerdict.Renew;
        if (!rejected && RefreshPolicy.IsFresh(tokens, row.UpdatedAt, options.RefreshBefore, now))
        {
            return Serve(key, ticket, row.Version, tokens);
        }

        var alive = !rejected && RefreshPolicy.IsAlive(tokens, now);
        if (tokens.RefreshToken is null)
        {
            return alive ? Serve(key, ticket, row.Version, tokens)
                : await EndAsync(row, rejected ? "rejected_without_refresh_token" : "expired_without_refresh_token");
        }

        var wait = backoffs.Remaining(key);
        if (wait is null)
        {
            var refreshed = await RefreshAsync(provider, tokens.RefreshToken);
            switch (refreshed.Outcome)
            {
                case TokenEndpointOutcome.Issued when IsOtherAccount(row, refreshed):
                    return await EndAsync(row, "subject_changed");
                case TokenEndpointOutcome.Issued:
                    return await KeepAsync(row, tokens, refreshed.Tokens!, rejected);
                case TokenEndpointOutcome.InvalidGrant:
                    return await EndAsync(row, "invalid_grant");
            }

            wait = Report(provider, key, refreshed);
        }

        return alive ? Serve(key, ticket, row.Version, tokens, wait) : Unavailable(wait.Value);
    }

    private async Task<TokenEndpointResult> RefreshAsync(Provider provider, string refreshToken)
    {
        var found = await client.Metadata.GetAsync(provider, CancellationToken.None);
        return found.Metadata is { } metadata
            ? await client.Tokens.RefreshAsync(provider, metadata.TokenEndpoint, refreshToken, CancellationToken.None)
            : new TokenEndpointResult(
                found.Outcome == LegOutcome.Unavailable ? TokenEndpointOutcome.Unavailable : TokenEndpointOutcome.Unusable, Debug: found.Debug);
    }

    private bool IsOtherAccount(StoredCredential row, TokenEndpointResult refreshed) =>
        row.ProviderSubject is not null
        && refreshed.IdToken is not null
        && client.IdTokens.ReadSubject(refreshed.IdToken) is { } subject
        && subject != row.ProviderSubject;

    private TimeSpan Report(Provider provider, CredentialKey key, TokenEndpointResult refreshed)
    {
        if (refreshed.Outcome == TokenEndpointOutcome.ClientRefused)
        {
            UpstreamLog.ClientRefused(logger, provider.Name);
        }

        UpstreamLog.RefreshFailed(logger, key, refreshed.Debug);
        var wait = refreshed.RetryAfter > options.FailureBackoff ? refreshed.RetryAfter.Value : options.FailureBackoff;
        backoffs.Set(key, wait);
        return wait;
    }

    // Null: someone else changed the row meanwhile.
    private async Task<WarmCredential?> KeepAsync(StoredCredential row, TokenSet before, TokenSet refreshed, bool forced)
    {
        var merged = RefreshPolicy.Merge(before, refreshed);
        var rotated = RefreshPolicy.IsRotated(before, refreshed);
        try
        {
            if (await vault.ReplaceAsync(row, merged, CancellationToken.None) == CredentialPutOutcome.Conflict)
            {
                return null;
            }
        }
        catch (Exception e)
        {
            UpstreamLog.RefreshNotStored(logger, e, row.Key, rotated);
            if (!rotated)
            {
                // The stored refresh token is still good: only this access token would be lost. It is no version of the row.
                return Serve(row.Key, warm.Ticket(row.Key), version: 0, merged);
            }

            // The stored refresh token is dead now, and so is the credential, unless the write got through after all.
            return await EndAsync(row, "rotated_not_stored");
        }

        UpstreamLog.Refreshed(logger, row.Key);
        if (forced)
        {
            // An upstream that refuses every token would otherwise cost a refresh per request.
            backoffs.Set(row.Key, options.FailureBackoff);
        }

        // Not put into memory: the next request reads the row and by that knows that nothing newer was stored.
        return WarmCredential.Once(Authorization(row.Version + 1, merged) with { Renewed = true });
    }

    // Null: someone else changed the row meanwhile.
    private async Task<WarmCredential?> EndAsync(StoredCredential row, string reason) =>
        await vault.MarkNeedsReauthAsync(row, reason, CancellationToken.None) == CredentialPutOutcome.Stored
            ? ReconnectRequired
            : null;

    private WarmCredential Serve(CredentialKey key, long ticket, long version, TokenSet tokens, TimeSpan? atMost = null)
    {
        var now = time.GetUtcNow();
        var until = now + (atMost < MaxAge ? atMost.Value : MaxAge);
        if (tokens.ExpiresAt is { } expiry)
        {
            var due = expiry - options.RefreshBefore;
            var limit = due > now ? due : expiry;
            until = limit < until ? limit : until;
        }

        return warm.Put(key, ticket, Authorization(version, tokens), until);
    }

    private static CredentialAuthorization Authorization(long version, TokenSet tokens) => new()
    {
        Outcome = UpstreamAuthorizationOutcome.Available,
        AccessToken = tokens.AccessToken,
        Version = version,
        Renewable = tokens.RefreshToken is not null,
    };

    private static WarmCredential ReconnectRequired => WarmCredential.Once(CredentialAuthorization.ReconnectRequired);

    private static WarmCredential Unavailable(TimeSpan retryAfter) =>
        WarmCredential.Once(new() { Outcome = UpstreamAuthorizationOutcome.TemporarilyUnavailable, RetryAfter = retryAfter });
}
