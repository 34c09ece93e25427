using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Turns what the vault holds into what it is good for now. What is warm costs no read; what is not costs one for all of a request's credentials.</summary>
internal sealed class CredentialSource(
    CredentialVault vault,
    CredentialRefresher refresher,
    CredentialRefusals refusals,
    WarmCredentials warm,
    RefreshBackoffs backoffs,
    UpstreamOptions options,
    TimeProvider time)
{
    /// <summary>How long a row is believed without reading it again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>How long it is believed that an optional credential is not there.</summary>
    public static readonly TimeSpan LackingMaxAge = TimeSpan.FromSeconds(5);
    private const int MaxAttempts = 4;
    private readonly SingleFlight<AuthorizationKey, ReadCredential[]> _reads = new();

    /// <summary>What each credential is good for, in their order. Each is refreshed by itself and all at once: a slow provider delays only who needs it. A storage failure is thrown.</summary>
    public async Task<WarmCredential[]> ObtainAsync(AuthorizationKey key, WantedCredential[] wanted, CancellationToken cancellationToken)
    {
        var caller = key.Caller;
        var parts = Array.ConvertAll(wanted, w => FindWarm(w, caller));
        if (Array.TrueForAll(parts, p => p is not null))
        {
            return parts!;
        }

        var read = await _reads.RunAsync(key, () => ReadAsync(wanted, caller), cancellationToken);
        return await Task.WhenAll(parts.Select((p, i) => p is null ? ObtainAsync(wanted[i], caller, read[i]) : Task.FromResult(p))).WaitAsync(cancellationToken);
    }

    /// <summary>Refreshes a credential that is due, whether or not anybody wants it. A storage failure is thrown.</summary>
    public async Task RenewIfDueAsync(Provider provider, CredentialKey key, CancellationToken cancellationToken)
    {
        var found = await vault.FindAsync(key, cancellationToken);
        if (found is { Row: { } row, Tokens: { RefreshToken: not null } tokens }
            && time.GetUtcNow() >= RefreshPolicy.DueAt(tokens, row.UpdatedAt, options.RefreshBefore))
        {
            await refresher.RenewAsync(provider, row, tokens, forced: false);
        }
    }

    private WarmCredential? FindWarm(WantedCredential wanted, CredentialBinding caller) =>
        wanted.Rejection is null or { Verdict: RejectionVerdict.Keep }
        && warm.TryGet(wanted.Key, out var credential)
        && (credential.Authorization.Secret is { } secret ? Misfit(wanted.Provider, secret) is null : !wanted.Required)
        && (credential.Authorization.Binding is not { } binding || binding == caller)
            ? UnlessRefused(wanted, credential)
            : null;

    // Who needs what is refused looks again each time, as for what is missing: somebody may have connected it on another node.
    private WarmCredential? UnlessRefused(WantedCredential wanted, WarmCredential credential) =>
        credential.Authorization.RefusalBy(wanted.Resource) is not { } refusal ? credential
        : wanted.Required || time.GetUtcNow() >= refusal.RetryAt ? null
        : WarmCredential.Once(CredentialAuthorization.ReconnectRequired);

    private async Task<ReadCredential[]> ReadAsync(WantedCredential[] wanted, CredentialBinding caller)
    {
        var tickets = Array.ConvertAll(wanted, w => warm.Ticket(w.Key));
        var found = await vault.FindAllAsync([.. wanted.Select(w => w.Key)], caller, CancellationToken.None);
        return [.. found.Select((f, i) => new ReadCredential(tickets[i], f))];
    }

    private async Task<WarmCredential> ObtainAsync(WantedCredential wanted, CredentialBinding caller, ReadCredential read)
    {
        // Null means that someone connected, refreshed or deleted meanwhile: what they stored is looked at afresh.
        for (var attempt = 1; attempt < MaxAttempts; attempt++)
        {
            if (await TryObtainAsync(wanted, read) is { } credential)
            {
                return credential;
            }

            read = (await ReadAsync([wanted], caller))[0];
        }

        return Unavailable(options.FailureBackoff);
    }

    private async Task<WarmCredential?> TryObtainAsync(WantedCredential wanted, ReadCredential read)
    {
        if (read.Found is not { Row: { } row, Secret: { } secret })
        {
            return Lacking(wanted, read.Ticket);
        }

        if (Misfit(wanted.Provider, secret) is { } misfit)
        {
            return await EndAsync(row, CredentialStatus.NeedsUpdate, misfit);
        }

        var verdict = wanted.VerdictOn(row.Version);
        return verdict switch
        {
            RejectionVerdict.Spare => Unavailable(options.FailureBackoff),
            RejectionVerdict.Refuse => await RefuseAsync(wanted, row, secret),
            _ when row.RefusalBy(wanted.Resource) is { } refusal => await DespiteAsync(refusal, wanted, read.Ticket, row, secret),
            _ => await UseAsync(wanted, read.Ticket, row, secret, verdict == RejectionVerdict.Renew),
        };
    }

    private async Task<WarmCredential?> UseAsync(WantedCredential wanted, long ticket, StoredCredential row, CredentialSecret secret, bool rejected) =>
        secret is TokenSet tokens
            ? await FromTokensAsync(wanted, ticket, row, tokens, rejected)
            : warm.Put(wanted.Key, ticket, Available(row, secret), time.GetUtcNow() + MaxAge);

    // Null: someone else connected or refreshed meanwhile.
    private async Task<WarmCredential?> RefuseAsync(WantedCredential wanted, StoredCredential row, CredentialSecret secret) =>
        await refusals.RecordAsync(row, wanted.Resource, RefusalReason(wanted, secret)) == RefusalRecordOutcome.Changed
            ? null
            : WarmCredential.Once(CredentialAuthorization.ReconnectRequired);

    /// <summary>What a credential is good for that the resource refuses: nothing, and neither upstream nor provider is asked, unless it is this request's turn to try again.</summary>
    private async Task<WarmCredential?> DespiteAsync(CredentialRefusal refusal, WantedCredential wanted, long ticket, StoredCredential row, CredentialSecret secret)
    {
        if (time.GetUtcNow() >= refusal.RetryAt && wanted.Rejection is null)
        {
            return await refusals.BeginRetryAsync(row, refusal) is { } retry && await UseAsync(wanted, ticket, row, secret, rejected: false) is { } obtained
                ? WarmCredential.Once(obtained.Authorization with { Retry = retry })
                : null;
        }

        if (!wanted.Required && GoodUntil(row, secret) is { } until)
        {
            warm.Put(row.Key, ticket, Available(row, secret), until); // for the resources that do not refuse it, and so that this one need not look again
        }

        return WarmCredential.Once(CredentialAuthorization.ReconnectRequired);
    }

    // How long it may be served as it is; null when it has to be refreshed first.
    private DateTimeOffset? GoodUntil(StoredCredential row, CredentialSecret secret)
    {
        var now = time.GetUtcNow();
        var due = secret is TokenSet tokens ? RefreshPolicy.DueAt(tokens, row.UpdatedAt, options.RefreshBefore) : DateTimeOffset.MaxValue;
        return now >= due ? null : now + MaxAge < due ? now + MaxAge : due;
    }

    private async Task<WarmCredential?> FromTokensAsync(WantedCredential wanted, long ticket, StoredCredential row, TokenSet tokens, bool rejected)
    {
        if (!rejected && GoodUntil(row, tokens) is { } good)
        {
            return Serve(ticket, row, tokens, good);
        }

        var now = time.GetUtcNow();
        var alive = !rejected && RefreshPolicy.IsAlive(tokens, now);
        if (tokens.RefreshToken is null)
        {
            return alive ? Serve(ticket, row, tokens, now + MaxAge < tokens.ExpiresAt ? now + MaxAge : tokens.ExpiresAt!.Value)
                : await EndAsync(row, CredentialStatus.NeedsReauth, "expired_without_refresh_token");
        }

        if (alive)
        {
            refresher.RenewInBackground(wanted.Provider, row, tokens);
            var until = now + options.FailureBackoff;
            return Serve(ticket, row, tokens, until < tokens.ExpiresAt ? until : tokens.ExpiresAt!.Value);
        }

        if (!wanted.Required && backoffs.HasFailed(wanted.Key))
        {
            // What a request can do without is not waited for twice.
            refresher.RenewInBackground(wanted.Provider, row, tokens);
            return Unavailable(options.FailureBackoff);
        }

        var renewal = await refresher.RenewAsync(wanted.Provider, row, tokens, rejected);
        return renewal.Outcome switch
        {
            // Not put into memory: the next request reads the row and by that knows that nothing newer was stored.
            RenewalOutcome.Renewed when renewal.Version > 0 => WarmCredential.Once(Available(row, renewal.Tokens!) with { Version = renewal.Version, Renewed = true }),
            RenewalOutcome.Renewed => Serve(warm.Ticket(row.Key), row with { Version = 0 }, renewal.Tokens!, now + MaxAge),
            RenewalOutcome.Ended => WarmCredential.Once(CredentialAuthorization.ReconnectRequired),
            RenewalOutcome.Postponed => Unavailable(renewal.Wait),
            _ => null,
        };
    }

    private WarmCredential Lacking(WantedCredential wanted, long ticket) => wanted.Required
        ? WarmCredential.Once(CredentialAuthorization.ReconnectRequired)
        : warm.Put(wanted.Key, ticket, CredentialAuthorization.ReconnectRequired, time.GetUtcNow() + LackingMaxAge);

    // Null: someone else changed the row meanwhile.
    private async Task<WarmCredential?> EndAsync(StoredCredential row, CredentialStatus status, string reason) =>
        await vault.MarkAsync(row, status, reason, CancellationToken.None) == CredentialPutOutcome.Stored
            ? WarmCredential.Once(CredentialAuthorization.ReconnectRequired)
            : null;

    // The operator may have changed what the provider asks for since the secret was stored.
    private static string? Misfit(Provider provider, CredentialSecret secret) => secret switch
    {
        HeaderSet when provider.Kind != ProviderKind.Headers => "kind_changed",
        HeaderSet headers => HeaderSetPolicy.Suffices(provider.Headers, headers) ? null : "required_header_missing",
        _ => provider.Kind == ProviderKind.Headers ? "kind_changed" : null,
    };

    private static string RefusalReason(WantedCredential wanted, CredentialSecret secret) =>
        secret is HeaderSet ? "rejected" : wanted.Rejection!.Value.Renewed ? "rejected_after_refresh" : "rejected_without_refresh_token";

    private WarmCredential Serve(long ticket, StoredCredential row, TokenSet tokens, DateTimeOffset until) => warm.Put(row.Key, ticket, Available(row, tokens), until);

    private static CredentialAuthorization Available(StoredCredential row, CredentialSecret secret) => new()
    {
        Outcome = UpstreamAuthorizationOutcome.Available,
        Secret = secret,
        Version = row.Version,
        Binding = row.Binding,
        Refusals = row.Refusals,
        Renewable = secret is TokenSet { RefreshToken: not null },
    };

    private static WarmCredential Unavailable(TimeSpan retryAfter) =>
        WarmCredential.Once(new() { Outcome = UpstreamAuthorizationOutcome.TemporarilyUnavailable, RetryAfter = retryAfter });

    /// <summary>A row as it was read, and the ticket from before that.</summary>
    private readonly record struct ReadCredential(long Ticket, FoundCredential Found);
}
