using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>
/// Pure rules of what an upstream's 401 says about the credentials of the request. It does not say which of them it means: what can be renewed is renewed first,
/// then what never can be is suspected, and what was issued just now only when there is nothing else. When one is tried although it was refused before, it is that one.
/// </summary>
internal static class RejectionPolicy
{
    /// <summary>What the rejection of <paramref name="rejected"/> means for one credential; nothing when it was no part of it.</summary>
    public static Rejection Judge(UpstreamAuthorization rejected, CredentialKey key)
    {
        var anyFixed = false;
        var anyRenewable = false;
        var anyRetried = false;
        CredentialUse? use = null;
        foreach (var other in rejected.Used)
        {
            use = other.Key == key ? other : use;
            anyFixed |= !other.Renewable;
            anyRenewable |= IsRenewable(other);
            anyRetried |= other.Retry is not null;
        }

        return use is null ? new Rejection(0, RejectionVerdict.Keep, Renewed: false)
            : anyRetried ? new Rejection(use.Version, use.Retry is null ? RejectionVerdict.Keep : RejectionVerdict.Refuse, use.Renewed)
            : new Rejection(use.Version, VerdictOn(use, anyRenewable, anyFixed), use.Renewed);
    }

    private static RejectionVerdict VerdictOn(CredentialUse use, bool anyRenewable, bool anyFixed)
    {
        if (anyRenewable)
        {
            return IsRenewable(use) ? RejectionVerdict.Renew : RejectionVerdict.Keep;
        }

        var suspect = !anyFixed || !use.Renewable;
        return !suspect ? RejectionVerdict.Keep
            : use.Key.Owner.Kind == CredentialOwnerKind.Shared ? RejectionVerdict.Spare
            : RejectionVerdict.Refuse;
    }

    private static bool IsRenewable(CredentialUse use) => use is { Renewable: true, Renewed: false };
}
