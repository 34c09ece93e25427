namespace DemoUpstream.Provider;

/// <summary>A refresh that succeeded.</summary>
/// <param name="Authorization">The number of the authorization.</param>
/// <param name="At">When.</param>
/// <param name="Repeated">Whether its refresh token had been used before.</param>
internal sealed record RefreshRecord(int Authorization, DateTimeOffset At, bool Repeated);
