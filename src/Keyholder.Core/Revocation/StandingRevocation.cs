using System.Collections.Immutable;

namespace Keyholder.Revocation;

/// <summary>Everything that stands against one target: the furthest permanent cut-off, and any number of quarantines. Never changes; a change makes a new one.</summary>
internal sealed record StandingRevocation
{
    public static readonly StandingRevocation None = new();

    private DateTimeOffset CutOff { get; init; } = DateTimeOffset.MinValue;

    private DateTimeOffset ExpiresAt { get; init; } = DateTimeOffset.MinValue;

    private ImmutableDictionary<long, DateTimeOffset> Quarantines { get; init; } = ImmutableDictionary<long, DateTimeOffset>.Empty;

    /// <summary>Whether nothing stands.</summary>
    public bool IsEmpty => CutOff == DateTimeOffset.MinValue && Quarantines.IsEmpty;

    /// <summary>Whether what began at that moment is refused.</summary>
    public bool Covers(DateTimeOffset since) => since <= CutOff || !Quarantines.IsEmpty;

    /// <summary>Extended by a permanent entry; never shortened.</summary>
    public StandingRevocation Extend(DateTimeOffset cutOff, DateTimeOffset expiresAt) => this with
    {
        CutOff = cutOff > CutOff ? cutOff : CutOff,
        ExpiresAt = expiresAt > ExpiresAt ? expiresAt : ExpiresAt,
    };

    public StandingRevocation Quarantine(long id, DateTimeOffset expiresAt) => this with { Quarantines = Quarantines.SetItem(id, expiresAt) };

    public StandingRevocation Lift(long id) => this with { Quarantines = Quarantines.Remove(id) };

    /// <summary>What is left at <paramref name="now"/>; the same instance when nothing has expired.</summary>
    public StandingRevocation At(DateTimeOffset now)
    {
        var left = CutOff != DateTimeOffset.MinValue && ExpiresAt <= now
            ? this with { CutOff = DateTimeOffset.MinValue, ExpiresAt = DateTimeOffset.MinValue }
            : this;
        return Quarantines.Any(q => q.Value <= now) ? left with { Quarantines = Quarantines.RemoveRange(Quarantines.Where(q => q.Value <= now).Select(q => q.Key)) } : left;
    }
}
