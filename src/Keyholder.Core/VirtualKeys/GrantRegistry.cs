using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.VirtualKeys;

/// <summary>Grants resources to virtual keys and takes them back.</summary>
public sealed class GrantRegistry(IGrantStore store, TimeProvider time)
{
    /// <summary>Grants a resource to a key, or replaces the grant there is.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="grant">A configured resource, and tools without a <see cref="GrantRules.FindProblem">problem</see>.</param>
    /// <param name="actor">Who does it, as <see cref="AuditEvent.Actor"/> wants it.</param>
    /// <param name="origin">Where the request came from.</param>
    public Task<GrantWriteOutcome> PutAsync(string keyId, Grant grant, string actor, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        return store.PutAsync(keyId, GrantRules.Normalize(grant), Audit(AuditActions.GrantChanged, "vk:" + keyId, grant.Resource, actor, origin, now), now, CancellationToken.None);
    }

    /// <summary>Takes a grant back.</summary>
    public Task<GrantWriteOutcome> RemoveAsync(string keyId, string resource, string actor, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        return store.RemoveAsync(keyId, resource, Audit(AuditActions.GrantRemoved, "vk:" + keyId, resource, actor, origin, now), now, CancellationToken.None);
    }

    /// <summary>Grants a resource to every key.</summary>
    public Task<GrantWriteOutcome> PutToAllAsync(string resource, string actor, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        return store.PutToAllAsync(resource, Audit(AuditActions.GrantChanged, "vk:*", resource, actor, origin, now), now, CancellationToken.None);
    }

    /// <summary>Takes that back.</summary>
    public Task<GrantWriteOutcome> RemoveToAllAsync(string resource, string actor, RequestOrigin origin)
    {
        var now = time.GetUtcNow();
        return store.RemoveToAllAsync(resource, Audit(AuditActions.GrantRemoved, "vk:*", resource, actor, origin, now), now, CancellationToken.None);
    }

    private static AuditEvent Audit(string action, string target, string resource, string actor, RequestOrigin origin, DateTimeOffset now) => new()
    {
        At = now,
        Action = action,
        Actor = actor,
        Target = target,
        Reason = resource,
        RemoteAddress = origin.RemoteAddress,
        RequestId = origin.RequestId,
    };
}
