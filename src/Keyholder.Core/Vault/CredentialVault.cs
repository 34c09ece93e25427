using System.Collections.Concurrent;
using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Upstream;
using Microsoft.Extensions.Logging;

namespace Keyholder.Vault;

/// <summary>Credentials in and out of storage, sealed on the way. The only code that opens a credential's envelope.</summary>
public sealed class CredentialVault(
    ICredentialStore store, ICredentialRefreshStore refreshes, IAuditStore audit, ISecretSealer sealer, TimeProvider time, ILogger<CredentialVault> logger)
    : ICredentialVault
{
    private const string SystemActor = "system";
    private const int RowIdSize = 16;
    private const int MaxAttempts = 16;
    private const int MaxRemembered = 4096;
    private readonly CredentialEnvelope _envelope = new(sealer);
    private readonly ConcurrentDictionary<(CredentialKey Key, long Version, CredentialFindOutcome Outcome), bool> _audited = new();

    /// <summary>Raised after this process stored, marked or deleted a credential, or may have, so that nobody goes on serving an older one from memory.</summary>
    public event Action<CredentialKey>? Changed;

    /// <inheritdoc />
    public Task StoreAsync(
        CredentialKey key, CredentialSecret secret, string? providerSubject, CredentialBinding? binding, string? actor, RequestOrigin? origin, CancellationToken cancellationToken) =>
        PutAsync(
            key,
            secret,
            providerSubject,
            binding,
            actor,
            origin,
            async (row, audited) => await store.PutAsync(row, row.Version - 1, audited, cancellationToken) == CredentialPutOutcome.Stored
                ? CredentialConnectOutcome.Stored
                : CredentialConnectOutcome.Conflict,
            cancellationToken);

    /// <inheritdoc />
    public async Task<bool> ConnectAsync(
        byte[] stateHash,
        CredentialKey key,
        CredentialSecret secret,
        string? providerSubject,
        CredentialBinding? binding,
        string? actor,
        RequestOrigin? origin,
        CancellationToken cancellationToken) =>
        await PutAsync(
            key,
            secret,
            providerSubject,
            binding,
            actor,
            origin,
            (row, audited) => store.ConnectAsync(row, row.Version - 1, stateHash, audited, row.UpdatedAt, cancellationToken),
            cancellationToken) == CredentialConnectOutcome.Stored;

    /// <summary>Finds and opens a credential. Expired is not missing: what an expired token set still allows is the caller's to decide.</summary>
    public async Task<FoundCredential> FindAsync(CredentialKey key, CancellationToken cancellationToken) =>
        await OpenAsync(key, await store.FindAsync(key, cancellationToken), caller: null, cancellationToken);

    /// <summary>Finds and opens several credentials for one caller, with one read.</summary>
    /// <param name="keys">What to find.</param>
    /// <param name="caller">Who asks: a credential bound to another subject or client is refused.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>One answer for each key, in their order.</returns>
    public async Task<IReadOnlyList<FoundCredential>> FindAllAsync(IReadOnlyList<CredentialKey> keys, CredentialBinding caller, CancellationToken cancellationToken)
    {
        var rows = keys.Count == 1 ? [await store.FindAsync(keys[0], cancellationToken)] : await store.FindAllAsync(keys, cancellationToken);
        var found = new FoundCredential[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            found[i] = await OpenAsync(keys[i], rows[i], caller, cancellationToken);
        }

        return found;
    }

    // The row keeps its id and beginning; whoever writes meanwhile is written over by who connected last.
    private async Task<CredentialConnectOutcome> PutAsync(
        CredentialKey key,
        CredentialSecret secret,
        string? providerSubject,
        CredentialBinding? binding,
        string? actor,
        RequestOrigin? origin,
        Func<StoredCredential, AuditEvent, Task<CredentialConnectOutcome>> put,
        CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var existing = await store.FindAsync(key, cancellationToken);
            var now = time.GetUtcNow();
            var row = _envelope.Seal(
                new StoredCredential
                {
                    RowId = existing?.RowId ?? RandomNumberGenerator.GetBytes(RowIdSize),
                    Key = key,
                    Kind = secret.Kind,
                    Version = (existing?.Version ?? 0) + 1,
                    Envelope = [],
                    Status = CredentialStatus.Active,
                    ProviderSubject = providerSubject,
                    Binding = binding,
                    CreatedAt = existing?.CreatedAt ?? now,
                    UpdatedAt = now,
                },
                secret);
            var audited = Event(AuditActions.CredentialStored, key, actor ?? key.Owner.ToString(), OtherAccount(existing?.ProviderSubject, providerSubject), origin);
            var outcome = await AnnounceAsync(key, () => put(row, audited));
            if (outcome != CredentialConnectOutcome.Conflict)
            {
                return outcome;
            }
        }

        throw new InvalidOperationException($"The credential {key} kept changing while it was stored.");
    }

    private async Task<FoundCredential> OpenAsync(CredentialKey key, StoredCredential? row, CredentialBinding? caller, CancellationToken cancellationToken)
    {
        if (row is null)
        {
            return new FoundCredential(CredentialFindOutcome.Missing);
        }

        if (row.Key != key || (caller is not null && row.Binding is not null && row.Binding != caller))
        {
            await RefuseAsync(key, row.Version, CredentialFindOutcome.BindingMismatch, cancellationToken);
            return new FoundCredential(CredentialFindOutcome.BindingMismatch);
        }

        if (row.Status != CredentialStatus.Active)
        {
            return new FoundCredential(CredentialFindOutcome.NotActive, row);
        }

        var opened = _envelope.Open(row, out var secret);
        if (opened == EnvelopeOutcome.Opened)
        {
            return new FoundCredential(CredentialFindOutcome.Found, row, secret);
        }

        var refused = opened == EnvelopeOutcome.UnknownKey ? CredentialFindOutcome.UnknownKey : CredentialFindOutcome.Tampered;
        await RefuseAsync(key, row.Version, refused, cancellationToken);
        return new FoundCredential(refused, row);
    }

    /// <summary>The names in a header set, which is all of it that anyone may be shown; null for other kinds, and when the envelope does not open.</summary>
    public IReadOnlyList<string>? NamesOf(StoredCredential row) =>
        row.Kind == CredentialKind.Headers && _envelope.Open(row, out var secret) == EnvelopeOutcome.Opened ? (secret as HeaderSet)?.Names : null;

    /// <summary>Tells whoever keeps a credential in memory that it was deleted, or may have been, by someone else.</summary>
    public void Forget(CredentialKey key) => Changed?.Invoke(key);

    /// <summary>Stores what a refresh brought, if the right to it still holds; the account and the status stay.</summary>
    /// <param name="refresh">The right.</param>
    /// <param name="current">The row as it was read.</param>
    /// <param name="refreshed">The new token set.</param>
    /// <param name="pausedUntil">Before when nobody begins the next refresh; null = any time.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<RefreshStoreOutcome> CompleteRefreshAsync(
        CredentialRefresh refresh, StoredCredential current, TokenSet refreshed, DateTimeOffset? pausedUntil, CancellationToken cancellationToken)
    {
        var row = _envelope.Seal(current with { Version = current.Version + 1, UpdatedAt = time.GetUtcNow() }, refreshed);
        return await AnnounceAsync(row.Key, () => refreshes.CompleteAsync(refresh, row, pausedUntil, cancellationToken));
    }

    /// <summary>Marks a credential that its provider refused for good during a refresh. False, with nothing changed, when the right to the refresh was lost.</summary>
    /// <param name="refresh">The right.</param>
    /// <param name="reason">A stable word of Keyholder's own, never the provider's text.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<bool> FailRefreshAsync(CredentialRefresh refresh, string reason, CancellationToken cancellationToken)
    {
        var marked = Event(AuditActions.CredentialNeedsReauth, refresh.Key, SystemActor, reason);
        var failed = await AnnounceAsync(refresh.Key, () => refreshes.FailAsync(refresh, reason, marked, time.GetUtcNow(), cancellationToken));
        if (failed)
        {
            VaultLog.Marked(logger, refresh.Key, CredentialStatus.NeedsReauth, reason);
        }

        return failed;
    }

    /// <summary>Marks a credential that cannot be used until somebody acts, unless it changed meanwhile.</summary>
    /// <param name="current">The row as it was read.</param>
    /// <param name="status">What would repair it.</param>
    /// <param name="reason">A stable word of Keyholder's own, never the provider's text.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<CredentialPutOutcome> MarkAsync(StoredCredential current, CredentialStatus status, string reason, CancellationToken cancellationToken)
    {
        var action = status == CredentialStatus.NeedsUpdate ? AuditActions.CredentialNeedsUpdate : AuditActions.CredentialNeedsReauth;
        var marked = Event(action, current.Key, SystemActor, reason);
        var outcome = await AnnounceAsync(
            current.Key, () => store.MarkAsync(current.Key, current.Version, status, reason, marked, time.GetUtcNow(), cancellationToken));
        if (outcome == CredentialPutOutcome.Stored)
        {
            VaultLog.Marked(logger, current.Key, status, reason);
        }

        return outcome;
    }

    /// <inheritdoc />
    public async Task<bool> NeedsConnectionAsync(CredentialKey key, string resource, CancellationToken cancellationToken)
    {
        var found = await FindAsync(key, cancellationToken);
        return found.Secret is null || found.Row?.RefusalBy(resource) is not null
            || (found.Row?.DemandOf(resource) is { } demand && ScopeDemandPolicy.IsOpen(demand, time.GetUtcNow()))
            || (found.Tokens is { RefreshToken: null } tokens && tokens.ExpiresAt <= time.GetUtcNow());
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> DemandedScopesAsync(CredentialKey key, CancellationToken cancellationToken) =>
        await store.FindAsync(key, cancellationToken) is { } row ? ScopeDemandPolicy.AskedFor(row.ScopeDemands, time.GetUtcNow()) : [];

    /// <inheritdoc />
    public Task DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, CancellationToken cancellationToken) =>
        AnnounceAsync(
            key,
            async () =>
            {
                await store.DeleteUnusedAsync(key, resources, time.GetUtcNow(), cancellationToken);
                return true;
            });

    public Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken) =>
        AnnounceAsync(
            key,
            async () =>
            {
                await store.DeleteAsync(key, cancellationToken);
                return true;
            });

    // Announced even when the store fails: it may have failed after the commit.
    private async Task<T> AnnounceAsync<T>(CredentialKey key, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        finally
        {
            Changed?.Invoke(key);
        }
    }

    // One refused row is read again and again by every request that wants it; the trail needs it once.
    private async Task RefuseAsync(CredentialKey key, long version, CredentialFindOutcome outcome, CancellationToken cancellationToken)
    {
        if (_audited.Count >= MaxRemembered)
        {
            _audited.Clear();
        }

        if (_audited.ContainsKey((key, version, outcome)))
        {
            return;
        }

        VaultLog.CredentialRefused(logger, key, outcome);
        await audit.AppendAsync(Event(AuditActions.CredentialRefused, key, SystemActor, ReasonOf(outcome)), cancellationToken);
        _audited.TryAdd((key, version, outcome), true);
    }

    private static string ReasonOf(CredentialFindOutcome outcome) => outcome switch
    {
        CredentialFindOutcome.BindingMismatch => "binding_mismatch",
        CredentialFindOutcome.UnknownKey => "unknown_key",
        _ => "tampered",
    };

    private static string? OtherAccount(string? before, string? now) =>
        before is not null && now is not null && before != now ? "other_account" : null;

    private AuditEvent Event(string action, CredentialKey key, string actor, string? reason, RequestOrigin? origin = null) => new()
    {
        At = time.GetUtcNow(),
        Action = action,
        Actor = actor,
        Target = $"credential:{key}",
        Reason = reason,
        RemoteAddress = origin?.RemoteAddress,
        RequestId = origin?.RequestId,
    };
}
