using System.Globalization;
using Keyholder.Audit;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>An audit event as the API shows it.</summary>
internal sealed record AuditDocument(string Id, DateTimeOffset At, string Action, string Actor, string Target, string? Reason, string? RemoteAddress, string? RequestId)
{
    /// <summary>The document of an event.</summary>
    public static AuditDocument Of(AuditEntry entry) => new(
        entry.Sequence.ToString(CultureInfo.InvariantCulture),
        entry.Event.At,
        entry.Event.Action,
        entry.Event.Actor,
        entry.Event.Target,
        entry.Event.Reason,
        entry.Event.RemoteAddress,
        entry.Event.RequestId);
}
