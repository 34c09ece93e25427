namespace Keyholder.Upstream;

/// <summary>What a started leg has to remember until its callback; lies sealed in the connection flow.</summary>
/// <param name="Nonce">The ID token's nonce.</param>
/// <param name="Verifier">The PKCE verifier (RFC 7636).</param>
/// <param name="Issuer">The issuer the redirect went to, against mix-up; null when the provider has none.</param>
/// <param name="ClientId">Keyholder's client id at the provider when the redirect left.</param>
/// <param name="Callback">The redirect URI that was sent.</param>
/// <param name="SignIn">Whether the leg has to prove an identity.</param>
internal sealed record LegSecrets(string Nonce, string Verifier, string? Issuer, string ClientId, string Callback, bool SignIn)
{
    /// <summary>Where the code was to go when the redirect left: metadata that changes meanwhile sends it nowhere else.</summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>Whether the answer was to name its issuer when the redirect left.</summary>
    public bool IssuerInResponse { get; init; }

    public override string ToString() => "leg secrets";
}
