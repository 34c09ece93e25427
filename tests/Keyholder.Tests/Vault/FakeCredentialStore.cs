using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

/// <summary>A credential store in a dictionary that can be made to fail and lets a test tamper with rows.</summary>
internal sealed class FakeCredentialStore : ICredentialStore, IAuditStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CredentialKey, StoredCredential> _rows = [];
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

            _rows[credential.Key] = credential;
            Add(audit);
            return Task.FromResult(CredentialPutOutcome.Stored);
        }
    }

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

    public Task DeleteAsync(CredentialKey key, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke("delete");
        lock (_gate)
        {
            _rows.Remove(key);
        }

        return Task.CompletedTask;
    }

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

    private void Add(AuditEvent? audit)
    {
        if (audit is not null)
        {
            _events.Add(audit);
        }
    }
}
