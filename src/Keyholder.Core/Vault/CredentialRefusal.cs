namespace Keyholder.Vault;

/// <summary>
/// The record that the upstream of one resource refuses a credential which its provider still stands by. Other resources go on using the credential. It goes with the
/// secret it is about: whoever connects again, or deletes the credential, ends it.
/// </summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Reason">A stable word of Keyholder's own.</param>
/// <param name="Since">When the upstream refused it first.</param>
/// <param name="RetryAt">From when one request tries whether the upstream takes it again.</param>
public sealed record CredentialRefusal(string Resource, string Reason, DateTimeOffset Since, DateTimeOffset RetryAt)
{
    /// <summary>The refusal by a resource among several, if there is one.</summary>
    internal static CredentialRefusal? By(string resource, IReadOnlyList<CredentialRefusal> refusals)
    {
        // Not by LINQ: warm requests come along here.
        for (var i = 0; i < refusals.Count; i++)
        {
            if (refusals[i].Resource == resource)
            {
                return refusals[i];
            }
        }

        return null;
    }
}
