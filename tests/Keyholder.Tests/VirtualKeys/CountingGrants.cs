using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.VirtualKeys;

/// <summary>One key in memory. Counts reads and can hold them back.</summary>
internal sealed class CountingGrants : IGrantStore
{
    public VirtualKeyAccess? Access { get; set; }

    public string KeyId => Access!.Key.Id;

    public int Reads { get; private set; }

    public TaskCompletionSource? Hold { get; set; }

    public void Change(Func<VirtualKeyAccess, VirtualKeyAccess> change) => Access = change(Access!);

    public async Task<VirtualKeyAccess?> FindAccessAsync(string keyId, CancellationToken cancellationToken)
    {
        Reads++;
        var access = Access?.Key.Id == keyId ? Access : null;
        await (Hold?.Task ?? Task.CompletedTask);
        return access;
    }

    public Task<GrantWriteOutcome> PutAsync(string keyId, Grant grant, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<GrantWriteOutcome> RemoveAsync(string keyId, string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<GrantToAll>> ListToAllAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<GrantWriteOutcome> PutToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<GrantWriteOutcome> RemoveToAllAsync(string resource, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();
}
