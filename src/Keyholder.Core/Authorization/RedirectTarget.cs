namespace Keyholder.Authorization;

/// <summary>Where an authorization response may go: a redirect URI that was checked against the client's registration.</summary>
/// <param name="RedirectUri">As requested (or, when none was sent, as registered), never normalised.</param>
/// <param name="WasSent">Whether the request carried <c>redirect_uri</c>.</param>
/// <param name="State">The client's <c>state</c>; null when absent or unfit to be echoed.</param>
public sealed record RedirectTarget(string RedirectUri, bool WasSent, string? State)
{
    /// <inheritdoc />
    public override string ToString() => "redirect target";
}
