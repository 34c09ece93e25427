using Keyholder.Revocation;
using Keyholder.Sessions;

namespace Keyholder.VirtualKeys;

/// <summary>A virtual key with everything that decides what it may do, as it was read. Immutable.</summary>
/// <param name="Key">The key.</param>
/// <param name="OwnerIsActive">Whether its user is there and not disabled; true for a key that is nobody's.</param>
/// <param name="Grants">Its own grants.</param>
/// <param name="GrantedToAll">The names of the resources every key may use.</param>
public sealed record VirtualKeyAccess(VirtualKey Key, bool OwnerIsActive, IReadOnlyList<Grant> Grants, IReadOnlyList<string> GrantedToAll)
{
    /// <summary>Whether the key can be used at all. A key whose owner is not active is inactive.</summary>
    public VirtualKeyStatus StatusAt(DateTimeOffset now) => OwnerIsActive ? Key.StatusAt(now) : VirtualKeyStatus.Inactive;

    /// <summary>Whether the user the key acts for was cut off after <paramref name="since"/>: then so is what the key has done since.</summary>
    public bool IsOwnerRevoked(RevocationIndex revocations, DateTimeOffset since) => Key.OwnerUserId is { } owner && revocations.IsRevoked(Subject.User(owner), since);

    /// <summary>The grant for a resource, or null. The key's own counts before one to all, also when it allows less.</summary>
    public Grant? FindGrant(string resource)
    {
        foreach (var grant in Grants)
        {
            if (grant.Resource == resource)
            {
                return grant;
            }
        }

        return GrantedToAll.Contains(resource) ? new Grant(resource, Tools: null) : null;
    }
}
