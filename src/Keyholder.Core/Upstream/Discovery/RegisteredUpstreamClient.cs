namespace Keyholder.Upstream.Discovery;

/// <summary>Keyholder's client at an authorization server.</summary>
/// <param name="ClientId">The id.</param>
/// <param name="ClientSecret">Secret. Null for a public client.</param>
/// <param name="AuthMethod">How it authenticates at the token endpoint.</param>
/// <param name="SecretExpiresAt">When the secret ends; null = it does not.</param>
internal sealed record RegisteredUpstreamClient(string ClientId, string? ClientSecret, string AuthMethod, DateTimeOffset? SecretExpiresAt = null)
{
    public override string ToString() => "registered upstream client";
}
