namespace Keyholder.Authorization;

/// <summary>One provider an authorization request has to connect. Which ones is decided once; they are walked in this order.</summary>
/// <param name="Provider">The provider's logical name.</param>
/// <param name="Required">Whether the request fails without it.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Subject">The account at the provider, when the leg proved one.</param>
public sealed record AuthorizationLeg(string Provider, bool Required, LegState State = LegState.Pending, string? Subject = null)
{
    /// <inheritdoc />
    public override string ToString() => $"leg to {Provider} ({State})";
}
