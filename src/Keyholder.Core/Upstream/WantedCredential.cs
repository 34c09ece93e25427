using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>A credential a request needs or can use.</summary>
/// <param name="Provider">Its provider.</param>
/// <param name="Key">Whose it is.</param>
/// <param name="Resource">The name of the resource it is for.</param>
/// <param name="Required">Whether the request needs it.</param>
/// <param name="Rejection">What the upstream's 401 means for it; null before there was one.</param>
internal sealed record WantedCredential(Provider Provider, CredentialKey Key, string Resource, bool Required, Rejection? Rejection)
{
    /// <summary>What becomes of the stored version.</summary>
    public RejectionVerdict VerdictOn(long version) => Rejection is { } rejection && rejection.Version == version ? rejection.Verdict : RejectionVerdict.Keep;
}
