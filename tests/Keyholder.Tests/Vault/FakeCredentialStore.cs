using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

/// <summary>A credential store in a dictionary that can be made to fail and lets a test tamper with rows.</summary>
internal sealed class FakeCredentialStore : ICredentialStore, ICredentialRefreshStore, ICredentialRefusalStore, IAuditStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CredentialKey, StoredCredential> _rows = [];
    private readonly Dictionary<CredentialKey, (long Fencing, long Begun, DateTimeOffset? Until)> _refreshes = [];
    private readonly List<AuditEvent> _events = [];

    /// <summary>Called before every write with the operation's name; throws to fail it.</summary>
    public Action<string>? BeforeWrite { get; set; }

    /// <summary>Called before every read; throws to fail it.</summary>
    public Action? BeforeRead { get; set; }

    public int Reads { get; private set; }

    public IReadOnlyList<AuditEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public StoredCredential this[CredentialKey key]
    {
        get
        {
            lock (_gate)
            {
                return _rows[key];
            }
        }

        set
        {
            lock (_gate)
            {
                _rows[key] = value;
            }
        }
    }

    public Task<StoredCredential?> FindAsync(CredentialKey key, CancellationToken cancellationToken)
    {
        BeforeRead?.Invoke();
        lock (_gate)
        {
            Reads++;
            return Task.FromResult(_rows.GetValueOrDefault(key));
        }
    }

    public Task<IReadOnlyList<StoredCredential?>> FindAllAsync(IReadOnlyList<CredentialKey> keys, CancellationToken cancellationToken)
    {
        BeforeRead?.Invoke();
        lock (_gate)
        {
            Reads++;
            return Task.FromResult<IReadOnlyList<StoredCredential?>>([.. keys.Select(k => _rows.GetValueOrDefault(k))]);
        }
    }

    public Task<IReadOnlyList<StoredCredential>> ListAsync(CredentialOwner owner, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<StoredCredential>>([.. _rows.Values.Where(r => r.Key.Owner == owner).OrderBy(r => r.Key.Provider, StringComparer.Ordinal)]);
        }
    }

    public Task<CredentialPutOutcome> PutAsync(StoredCredential credential, long expectedVersion, AuditEvent? audit, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("put");
        lock (_gate)
        {
            if ((_rows.GetValueOrDefault(credential.Key)?.Version ?? 0) != expectedVersion)
            {
                return Task.FromResult(CredentialPutOutcome.Conflict);
            }

            _rows[credential.Key] = credential with { Refusals = [] };
            EndRefresh(credential.Key, null);
            Add(audit);
            return Task.FromResult(CredentialPutOutcome.Stored);
        }
    }

    public Task<CredentialConnectOutcome> ConnectAsync(StoredCredential credential, long expectedVersion, byte[] stateHash, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        throw new NotSupportedException("There are no connection flows here.");

    public Task<CredentialPutOutcome> MarkAsync(CredentialKey key, long expectedVersion, CredentialStatus status, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("mark");
        lock (_gate)
        {
            if (_rows.GetValueOrDefault(key) is not { } row || row.Version != expectedVersion)
            {
                return Task.FromResult(CredentialPutOutcome.Conflict);
            }

            _rows[key] = row with { Status = status, StatusReason = reason, UpdatedAt = now };
            Add(audit);
            return Task.FromResult(CredentialPutOutcome.Stored);
        }
    }

    public Task DeleteUnusedAsync(CredentialKey key, IReadOnlyList<string> resources, DateTimeOffset now, CancellationToken cancellationToken) =>
        throw new NotSupportedException("There are no sessions here.");

    public Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("delete");
        lock (_gate)
        {
            _rows.Remove(key);
        }

        return Task.CompletedTask;
    }

    public Task<RefreshBeginning> BeginAsync(StoredCredential current, DateTimeOffset until, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("begin");
        lock (_gate)
        {
            if (_rows.GetValueOrDefault(current.Key) is not { Status: CredentialStatus.Active } row || row.Version != current.Version)
            {
                return Task.FromResult(new RefreshBeginning(RefreshBeginOutcome.Changed));
            }

            var (fencing, begun, held) = _refreshes.GetValueOrDefault(current.Key);
            if (held > now)
            {
                return Task.FromResult(new RefreshBeginning(begun > 0 ? RefreshBeginOutcome.Busy : RefreshBeginOutcome.Paused, Until: held));
            }

            _refreshes[current.Key] = (fencing + 1, begun + 1, until);
            return Task.FromResult(new RefreshBeginning(
                RefreshBeginOutcome.Begun, new CredentialRefresh(row.Key, row.RowId, row.Version, fencing + 1, Interrupted: begun > 0)));
        }
    }

    public Task<RefreshStoreOutcome> CompleteAsync(CredentialRefresh refresh, StoredCredential refreshed, DateTimeOffset? pausedUntil, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("complete");
        lock (_gate)
        {
            if (!Holds(refresh))
            {
                return Task.FromResult(RefreshStoreOutcome.Lost);
            }

            var status = _rows[refresh.Key].Status;
            _rows[refresh.Key] = refreshed with { Status = status, Refusals = _rows[refresh.Key].Refusals };
            EndRefresh(refresh.Key, pausedUntil);
            return Task.FromResult(status == CredentialStatus.Active ? RefreshStoreOutcome.Stored : RefreshStoreOutcome.StoredInactive);
        }
    }

    public Task PauseAsync(CredentialRefresh refresh, DateTimeOffset until, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("pause");
        lock (_gate)
        {
            if (Holds(refresh))
            {
                EndRefresh(refresh.Key, until);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool> FailAsync(CredentialRefresh refresh, string reason, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("fail");
        lock (_gate)
        {
            if (!Holds(refresh))
            {
                return Task.FromResult(false);
            }

            _rows[refresh.Key] = _rows[refresh.Key] with { Status = CredentialStatus.NeedsReauth, StatusReason = reason, UpdatedAt = now };
            EndRefresh(refresh.Key, null);
            Add(audit);
            return Task.FromResult(true);
        }
    }

    public Task<RefusalRecordOutcome> RecordAsync(StoredCredential current, CredentialRefusal refusal, AuditEvent audit, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("refuse");
        lock (_gate)
        {
            if (_rows.GetValueOrDefault(current.Key) is not { Status: CredentialStatus.Active } row || row.Version != current.Version)
            {
                return Task.FromResult(RefusalRecordOutcome.Changed);
            }

            var known = row.RefusalBy(refusal.Resource);
            if (known?.RetryAt > refusal.Since)
            {
                return Task.FromResult(RefusalRecordOutcome.Standing);
            }

            Replace(row, refusal.Resource, refusal with { Since = known?.Since ?? refusal.Since });
            Add(audit);
            return Task.FromResult(RefusalRecordOutcome.Recorded);
        }
    }

    public Task<bool> BeginRetryAsync(RefusalRetry retry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("retry");
        lock (_gate)
        {
            if (_rows.GetValueOrDefault(retry.Key) is not { } row || row.RefusalBy(retry.Resource) is not { } known || known.RetryAt > now)
            {
                return Task.FromResult(false);
            }

            Replace(row, retry.Resource, known with { RetryAt = retry.Until });
            return Task.FromResult(true);
        }
    }

    public Task<bool> LiftAsync(RefusalRetry retry, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("lift");
        lock (_gate)
        {
            if (_rows.GetValueOrDefault(retry.Key) is not { } row || row.RefusalBy(retry.Resource)?.RetryAt != retry.Until)
            {
                return Task.FromResult(false);
            }

            Replace(row, retry.Resource, null);
            Add(audit);
            return Task.FromResult(true);
        }
    }

    public Task<ScopeDemandOutcome> DemandAsync(StoredCredential current, ScopeDemand demand, AuditEvent audit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nobody steps up here.");

    public Task WithdrawDemandsAsync(CredentialKey key, CancellationToken cancellationToken) => throw new NotSupportedException("Nobody steps up here.");

    public Task AppendAsync(AuditEvent audit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Add(audit);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AuditEvent>> ListAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AuditEvent>>([.. Events.Reverse().Take(limit)]);

    private void Replace(StoredCredential row, string resource, CredentialRefusal? refusal) =>
        _rows[row.Key] = row with { Refusals = [.. row.Refusals.Where(r => r.Resource != resource), .. refusal is null ? [] : new[] { refusal }] };

    private bool Holds(CredentialRefresh refresh) =>
        _rows.GetValueOrDefault(refresh.Key)?.Version == refresh.Version && _refreshes.GetValueOrDefault(refresh.Key).Fencing == refresh.Fencing;

    private void EndRefresh(CredentialKey key, DateTimeOffset? until) => _refreshes[key] = (_refreshes.GetValueOrDefault(key).Fencing + 1, 0, until);

    private void Add(AuditEvent? audit)
    {
        if (audit is not null)
        {
            _events.Add(audit);
        }
    }
}
