using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Tests.Import;

/// <summary>Ends the process, as far as an import can tell, right before or right after one of its writes.</summary>
internal sealed class KilledImportStore(IImportStore inner, int write, bool after) : IImportStore
{
    private int _writes;

    public Task<ImportBeginOutcome> BeginAsync(byte[] digest, string source, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.BeginAsync(digest, source, audit, now, cancellationToken));

    public Task<ImportOutcome> AddCredentialAsync(byte[] record, StoredCredential credential, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.AddCredentialAsync(record, credential, audit, now, cancellationToken));

    public Task<ImportOutcome> AddIdentityAsync(byte[] record, ProviderIdentity identity, User user, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.AddIdentityAsync(record, identity, user, audit, now, cancellationToken));

    public Task<ImportOutcome?> FindAsync(byte[] record, CancellationToken cancellationToken) => inner.FindAsync(record, cancellationToken);

    public Task FinishAsync(byte[] digest, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await inner.FinishAsync(digest, audit, now, cancellationToken);
            return true;
        });

    public Task<int> AbandonAsync(AuditEvent audit, CancellationToken cancellationToken) => inner.AbandonAsync(audit, cancellationToken);

    public Task<IReadOnlyList<ImportRun>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    private async Task<T> WriteAsync<T>(Func<Task<T>> writeAsync)
    {
        var mine = _writes++ == write;
        if (mine && !after)
        {
            throw new KilledException();
        }

        var result = await writeAsync();
        return mine ? throw new KilledException() : result;
    }
}
