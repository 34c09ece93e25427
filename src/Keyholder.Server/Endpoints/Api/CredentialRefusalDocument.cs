using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A resource that refuses a credential, as the API shows it.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Reason">Why: a stable word.</param>
/// <param name="Since">When its upstream refused the credential first.</param>
/// <param name="RetryAt">From when one request tries again.</param>
internal sealed record CredentialRefusalDocument(string Resource, string Reason, DateTimeOffset Since, DateTimeOffset RetryAt)
{
    /// <summary>The document of a refusal.</summary>
    public static CredentialRefusalDocument Of(CredentialRefusal refusal) => new(refusal.Resource, refusal.Reason, refusal.Since, refusal.RetryAt);
}
