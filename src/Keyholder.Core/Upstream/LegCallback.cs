namespace Keyholder.Upstream;

/// <summary>What came back on the callback, already claimed by its state.</summary>
/// <param name="RedirectUri">The redirect URI of Keyholder's at which it came back. Only ever compared.</param>
/// <param name="Code">The authorization code, if any. Secret.</param>
/// <param name="Issuer">RFC 9207 <c>iss</c>, if any.</param>
/// <param name="Error">The error code, if any; never reflected.</param>
public sealed record LegCallback(string RedirectUri, string? Code, string? Issuer, string? Error)
{
    /// <inheritdoc />
    public override string ToString() => "leg callback";
}
