namespace Keyholder.Revocation;

/// <summary>An entry of the kill switch.</summary>
/// <param name="Target">What it matches.</param>
/// <param name="CutOff">Tokens issued at or before this moment are refused.</param>
/// <param name="ExpiresAt">When no token it matches can be alive any more.</param>
/// <param name="Reason">A stable word.</param>
public sealed record RevocationEntry(RevocationTarget Target, DateTimeOffset CutOff, DateTimeOffset ExpiresAt, string Reason);
