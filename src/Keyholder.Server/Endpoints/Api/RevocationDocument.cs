using System.Globalization;
using Keyholder.Revocation;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>An entry of the kill switch as the API shows it.</summary>
/// <param name="Id">By which a quarantine is lifted; null when nothing was written.</param>
/// <param name="Target">The kind of target, see <see cref="RevocationTargets"/>.</param>
/// <param name="Value">Its id; empty for <c>all</c>.</param>
/// <param name="Quarantine">Whether it can be lifted.</param>
/// <param name="Reason">A stable word, or the operator's own words.</param>
/// <param name="CutOff">When it was made.</param>
/// <param name="ExpiresAt">When it ends by itself; null = never.</param>
internal sealed record RevocationDocument(
    string? Id, string Target, string Value, bool Quarantine, string Reason, DateTimeOffset CutOff, DateTimeOffset? ExpiresAt)
{
    /// <summary>The document of an entry.</summary>
    public static RevocationDocument Of(long? id, RevocationEntry entry) => new(
        id?.ToString(CultureInfo.InvariantCulture),
        RevocationTargets.NameOf(entry.Target.Kind),
        entry.Target.Value,
        entry.IsQuarantine,
        entry.Reason,
        entry.CutOff,
        entry.ExpiresAt == RevocationEntry.Never ? null : entry.ExpiresAt);
}
