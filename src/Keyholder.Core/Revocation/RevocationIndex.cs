using System.Collections.Concurrent;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Revocation;

/// <summary>
/// Every revocation that can still matter, in memory: a check is a few look-ups. A revoked token or session is dead whenever it was issued, and so is
/// whatever a quarantine matches. Every other entry compares its cut-off: with the issue for a client, resource or provider, with the sign-in for a subject
/// and for everything. Sessions are compared to the millisecond. Access tokens count whole seconds: one of the cut-off's own second is refused, so one
/// issued just after may be too and its client refreshes once more; never does one issued before survive.
/// </summary>
public sealed class RevocationIndex
{
    private const long Never = 0;

    private readonly IResourceSource _resources;
    private readonly RevocationOptions _options;
    private readonly RevocationMetrics _metrics;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<SessionId, StandingRevocation> _sessions = new();
    private readonly ConcurrentDictionary<Subject, StandingRevocation> _subjects = new();
    private readonly ConcurrentDictionary<RevocationTarget, StandingRevocation> _others = new();
    private readonly Dictionary<long, RevocationEntry> _quarantines = [];
    private int _quarantineCount;

    // Ticks of the moment at which the latest confirmed read of the log began.
    private long _confirmedAt = Never;

    public RevocationIndex(IResourceSource resources, RevocationOptions options, RevocationMetrics metrics, TimeProvider time)
    {
        (_resources, _options, _metrics) = (resources, options, metrics);
        metrics.Observe(() => Count, () => Age(time.GetUtcNow()).TotalSeconds);
    }

    /// <summary>How many targets there are.</summary>
    public int Count => _sessions.Count + _subjects.Count + _others.Count;

    /// <summary>Whether any quarantine stands: then a session has to be judged before its refresh token is consumed.</summary>
    public bool HasQuarantines => Volatile.Read(ref _quarantineCount) > 0;

    /// <summary>Judges an access token. No I/O, no allocation.</summary>
    public RevocationVerdict Judge(AccessToken token, DateTimeOffset now) => Judge(RevocationCandidate.Of(token), now);

    /// <summary>Judges a session, and with it its code and refresh tokens.</summary>
    public RevocationVerdict Judge(Session session, DateTimeOffset now) => Judge(RevocationCandidate.Of(session), now);

    /// <summary>Judges a browser session.</summary>
    public RevocationVerdict Judge(BrowserSession browser, DateTimeOffset now) => Judge(RevocationCandidate.Of(browser), now);

    /// <summary>Judges an admin token.</summary>
    public RevocationVerdict Judge(AdminToken token, DateTimeOffset now) => Judge(RevocationCandidate.Of(token), now);

    /// <summary>Whether an entry matches the token.</summary>
    public bool IsRevoked(AccessToken token) => Match(RevocationCandidate.Of(token)) is not null;

    /// <summary>Whether a subject is revoked for whatever was signed in, or made, at <paramref name="since"/>.</summary>
    internal bool IsRevoked(Subject subject, DateTimeOffset since) => _subjects.TryGetValue(subject, out var standing) && standing.Covers(since);

    /// <summary>Whether a notice about the target concerns the token: one of that virtual key, or of any key for that resource (by its name).</summary>
    internal bool Concerns(RevocationTarget target, AccessToken token) => token.Subject.Kind == SubjectKind.VirtualKey && target.Kind switch
    {
        RevocationTargetKind.VirtualKey => token.Subject.Id == target.Value,
        RevocationTargetKind.Resource => _resources.Current.FindByUri(token.Audience)?.Name == target.Value,
        _ => true,
    };

    /// <summary>Whether the log was confirmed longer ago than <see cref="RevocationOptions.MaxStaleness"/>, or never.</summary>
    public bool IsStale(DateTimeOffset now) => Age(now) > _options.MaxStaleness;

    /// <summary>Whether that staleness makes every verdict but <see cref="RevocationVerdict.Revoked"/> unknown.</summary>
    public bool IsUnknown(DateTimeOffset now) => !_options.FailOpen && IsStale(now);

    /// <summary>Adds a permanent entry. A second one for a target can extend the first, never shorten it.</summary>
    /// <exception cref="FormatException">The target's value is not one of its kind: ignoring a revocation is no option.</exception>
    internal void Add(RevocationEntry entry)
    {
        // A token or session is dead whenever it was issued.
        var cutOff = entry.Target.Kind is RevocationTargetKind.Token or RevocationTargetKind.Session ? DateTimeOffset.MaxValue : entry.CutOff;
        Change(entry.Target, standing => standing.Extend(cutOff, entry.ExpiresAt));
        _metrics.Revoked(entry);
    }

    /// <summary>Puts what a line of the log says in force. The same line twice is as good as once.</summary>
    /// <exception cref="FormatException">As <see cref="Add"/>.</exception>
    internal void Apply(RevocationLogEntry logged)
    {
        if (logged.Lifts is { } lifted)
        {
            Lift(lifted);
        }
        else if (logged.Revocation.IsQuarantine)
        {
            Quarantine(logged.Sequence, logged.Revocation);
        }
        else
        {
            Add(logged.Revocation);
        }
    }

    /// <summary>The log was read up to its end, in a read that began at <paramref name="at"/>.</summary>
    internal void Confirm(DateTimeOffset at) => Interlocked.Exchange(ref _confirmedAt, at.UtcTicks);

    /// <summary>Drops what can match nothing alive any more.</summary>
    internal void RemoveExpired(DateTimeOffset now)
    {
        lock (_gate)
        {
            RemoveExpired(_sessions, now);
            RemoveExpired(_subjects, now);
            RemoveExpired(_others, now);
            foreach (var id in _quarantines.Where(q => q.Value.ExpiresAt <= now).Select(q => q.Key).ToList())
            {
                _quarantines.Remove(id);
            }

            _quarantineCount = _quarantines.Count;
        }
    }

    /// <summary>Judges what is not issued yet.</summary>
    internal RevocationVerdict Judge(in RevocationCandidate candidate, DateTimeOffset now)
    {
        if (Match(candidate) is { } kind)
        {
            _metrics.Refused(kind);
            return RevocationVerdict.Revoked;
        }

        if (!IsUnknown(now))
        {
            return RevocationVerdict.Clear;
        }

        _metrics.RefusedUnknown();
        return RevocationVerdict.Unknown;
    }

    private void Quarantine(long id, RevocationEntry entry)
    {
        lock (_gate)
        {
            Change(entry.Target, standing => standing.Quarantine(id, entry.ExpiresAt));
            if (_quarantines.TryAdd(id, entry))
            {
                _metrics.Revoked(entry);
            }

            _quarantineCount = _quarantines.Count;
        }
    }

    private void Lift(long id)
    {
        lock (_gate)
        {
            if (_quarantines.Remove(id, out var entry))
            {
                Change(entry.Target, standing => standing.Lift(id));
            }

            _quarantineCount = _quarantines.Count;
        }
    }

    private RevocationTargetKind? Match(in RevocationCandidate candidate) =>
        candidate.SessionId is { } session && _sessions.TryGetValue(session, out var standing) && standing.Covers(candidate.IssuedAt) ? RevocationTargetKind.Session
        : candidate.Subject is { } subject && _subjects.TryGetValue(subject, out standing) && standing.Covers(candidate.SignedInAt) ? RevocationTargetKind.Subject
        : MatchOther(candidate);

    private RevocationTargetKind? MatchOther(in RevocationCandidate candidate) =>
        Matches(RevocationTargetKind.Token, candidate.TokenId, candidate.IssuedAt) ? RevocationTargetKind.Token
        : Matches(RevocationTargetKind.Client, candidate.ClientId, candidate.IssuedAt) ? RevocationTargetKind.Client
        : Matches(RevocationTargetKind.Resource, candidate.Resource, candidate.IssuedAt) ? RevocationTargetKind.Resource
        : MatchesProvider(candidate) ? RevocationTargetKind.Provider
        : Matches(RevocationTargetKind.VirtualKey, candidate.Subject is { Kind: SubjectKind.VirtualKey } key ? key.Id : null, candidate.SignedInAt) ? RevocationTargetKind.VirtualKey
        : Matches(RevocationTargetKind.All, "", candidate.SignedInAt) ? RevocationTargetKind.All
        : null;

    private bool Matches(RevocationTargetKind kind, string? value, DateTimeOffset since) =>
        value is not null && _others.TryGetValue(new(kind, value), out var standing) && standing.Covers(since);

    private bool MatchesProvider(in RevocationCandidate candidate)
    {
        if (candidate.Resource is null || _resources.Current.FindByUri(candidate.Resource) is not { } resource)
        {
            return false;
        }

        for (var i = 0; i < resource.Providers.Count; i++)
        {
            if (Matches(RevocationTargetKind.Provider, resource.Providers[i].Provider.Name, candidate.IssuedAt))
            {
                return true;
            }
        }

        return false;
    }

    private TimeSpan Age(DateTimeOffset now)
    {
        var confirmedAt = Interlocked.Read(ref _confirmedAt);

        // A clock that was set back must not make old knowledge look fresh.
        return confirmedAt == Never ? TimeSpan.MaxValue : (now - new DateTimeOffset(confirmedAt, TimeSpan.Zero)).Duration();
    }

    private void Change(RevocationTarget target, Func<StandingRevocation, StandingRevocation> change)
    {
        switch (target.Kind)
        {
            case RevocationTargetKind.Session:
                Change(_sessions, SessionId.TryParse(target.Value, out var session) ? session : throw NotATarget(target), change);
                break;
            case RevocationTargetKind.Subject:
                Change(_subjects, Subject.TryParse(target.Value, out var subject) ? subject : throw NotATarget(target), change);
                break;
            default:
                Change(_others, target, change);
                break;
        }
    }

    private void Change<TKey>(ConcurrentDictionary<TKey, StandingRevocation> entries, TKey key, Func<StandingRevocation, StandingRevocation> change)
        where TKey : notnull
    {
        lock (_gate)
        {
            Put(entries, key, change(entries.GetValueOrDefault(key) ?? StandingRevocation.None));
        }
    }

    private static void RemoveExpired<TKey>(ConcurrentDictionary<TKey, StandingRevocation> entries, DateTimeOffset now)
        where TKey : notnull
    {
        foreach (var (key, standing) in entries)
        {
            if (standing.At(now) is var left && !ReferenceEquals(left, standing))
            {
                Put(entries, key, left);
            }
        }
    }

    private static void Put<TKey>(ConcurrentDictionary<TKey, StandingRevocation> entries, TKey key, StandingRevocation standing)
        where TKey : notnull
    {
        if (standing.IsEmpty)
        {
            entries.TryRemove(key, out _);
        }
        else
        {
            entries[key] = standing;
        }
    }

    private static FormatException NotATarget(RevocationTarget target) => new($"A revocation of kind {target.Kind} has a malformed target.");
}
