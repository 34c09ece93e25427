using System.Collections.Concurrent;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Revocation;

/// <summary>
/// Every revocation that can still matter, in memory: a check is a few look-ups. A revoked session or token is dead whenever its token was issued. Every
/// other target compares the cut-off with <c>iat</c>, which counts whole seconds: a token of the cut-off's own second is refused, so one issued just after
/// may be too and its client refreshes once more; never does one issued before survive.
/// </summary>
public sealed class RevocationIndex(IResourceSource resources, RevocationOptions options)
{
    private readonly ConcurrentDictionary<SessionId, RevocationEntry> _sessions = new();
    private readonly ConcurrentDictionary<Subject, RevocationEntry> _subjects = new();
    private readonly ConcurrentDictionary<RevocationTarget, RevocationEntry> _others = new();

    // Ticks of the first unanswered attempt to read the log; Never before the first answer, None while it answers.
    private long _unconfirmedSince = Never;
    private const long Never = 0;
    private const long None = long.MaxValue;

    /// <summary>How many entries there are.</summary>
    public int Count => _sessions.Count + _subjects.Count + _others.Count;

    /// <summary>Adds an entry. A second one for a target can extend the first, never shorten it.</summary>
    /// <exception cref="FormatException">The target's value is not one of its kind: ignoring a revocation is no option.</exception>
    public void Add(RevocationEntry entry)
    {
        switch (entry.Target.Kind)
        {
            case RevocationTargetKind.Session:
                _sessions.AddOrUpdate(ParseSession(entry.Target), entry, (_, known) => Extend(known, entry));
                break;
            case RevocationTargetKind.Subject:
                _subjects.AddOrUpdate(ParseSubject(entry.Target), entry, (_, known) => Extend(known, entry));
                break;
            default:
                _others.AddOrUpdate(entry.Target, entry, (_, known) => Extend(known, entry));
                break;
        }
    }

    /// <summary>Whether an entry matches the token.</summary>
    public bool IsRevoked(AccessToken token) =>
        _sessions.ContainsKey(token.SessionId)
        || _others.ContainsKey(new(RevocationTargetKind.Token, token.Id))
        || (_subjects.TryGetValue(token.Subject, out var subject) && IsCutOff(subject, token))
        || Matches(RevocationTargetKind.Client, token.ClientId, token)
        || Matches(RevocationTargetKind.Resource, token.Audience, token)
        || Matches(RevocationTargetKind.All, "", token)
        || (token.Subject.Kind == SubjectKind.VirtualKey && Matches(RevocationTargetKind.VirtualKey, token.Subject.Id, token))
        || (resources.Current.FindByUri(token.Audience)?.Provider is { } provider && Matches(RevocationTargetKind.Provider, provider.Name, token));

    /// <summary>Whether the log has not been readable for so long that "not revoked" cannot be trusted.</summary>
    public bool IsStale(DateTimeOffset now)
    {
        var since = Interlocked.Read(ref _unconfirmedSince);
        return since != None && !options.FailOpen && (since == Never || now.UtcTicks - since > options.MaxStaleness.Ticks);
    }

    /// <summary>The log was read up to its end.</summary>
    internal void Confirm() => Interlocked.Exchange(ref _unconfirmedSince, None);

    /// <summary>The log could not be read at <paramref name="now"/>.</summary>
    internal void Doubt(DateTimeOffset now) => Interlocked.CompareExchange(ref _unconfirmedSince, now.UtcTicks, None);

    /// <summary>Drops the entries that nothing alive can match any more.</summary>
    internal void RemoveExpired(DateTimeOffset now)
    {
        RemoveExpired(_sessions, now);
        RemoveExpired(_subjects, now);
        RemoveExpired(_others, now);
    }

    private bool Matches(RevocationTargetKind kind, string value, AccessToken token) =>
        _others.TryGetValue(new(kind, value), out var entry) && IsCutOff(entry, token);

    private static bool IsCutOff(RevocationEntry entry, AccessToken token) => token.IssuedAt <= entry.CutOff;

    private static RevocationEntry Extend(RevocationEntry known, RevocationEntry more) => known with
    {
        CutOff = more.CutOff > known.CutOff ? more.CutOff : known.CutOff,
        ExpiresAt = more.ExpiresAt > known.ExpiresAt ? more.ExpiresAt : known.ExpiresAt,
    };

    private static void RemoveExpired<TKey>(ConcurrentDictionary<TKey, RevocationEntry> entries, DateTimeOffset now)
        where TKey : notnull
    {
        foreach (var pair in entries)
        {
            if (pair.Value.ExpiresAt <= now)
            {
                // Only this very entry: one that was extended meanwhile stays.
                entries.TryRemove(pair);
            }
        }
    }

    private static SessionId ParseSession(RevocationTarget target) =>
        SessionId.TryParse(target.Value, out var id) ? id : throw NotATarget(target);

    private static Subject ParseSubject(RevocationTarget target) =>
        Subject.TryParse(target.Value, out var subject) ? subject : throw NotATarget(target);

    private static FormatException NotATarget(RevocationTarget target) => new($"A revocation of kind {target.Kind} has a malformed target.");
}
