using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Storage;

namespace Keyholder.Server.Commands;

/// <summary>The kill switch for one command: on the database alone, whether or not a server runs on it.</summary>
internal sealed class KillSwitchSession : IAsyncDisposable
{
    private readonly ProcessContext _context;
    private readonly ResourceSnapshot _resources;
    private readonly KillSwitch _killSwitch;

    private KillSwitchSession(ProcessContext context, ResourceSnapshot resources, IKeyholderStorage storage)
    {
        (_context, _resources, Storage) = (context, resources, storage);
        _killSwitch = new KillSwitch(storage.Revocations, context.Time, feed: null);
    }

    public IKeyholderStorage Storage { get; }

    /// <summary>Opens the configured database.</summary>
    /// <exception cref="StartException">It is in memory, or cannot be opened.</exception>
    public static async Task<KillSwitchSession> OpenAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        var (configuration, _) = KeyholderCommand.Load(path, context);
        return new(context, configuration.Resources, await StorageServices.OpenForCommandAsync(configuration, context, cancellationToken));
    }

    /// <summary>Revokes, or says what revoking would do, and reports it.</summary>
    /// <exception cref="StartException">The request is refused.</exception>
    public async Task RevokeAsync(RevocationRequest request, bool dryRun, CancellationToken cancellationToken)
    {
        var (planned, problem) = RevocationPolicy.Plan(request, _resources, _context.Time.GetUtcNow());
        if (planned is null)
        {
            throw new StartException(Describe(problem!.Value, request));
        }

        var result = dryRun ? await _killSwitch.TryAsync(planned, cancellationToken) : await _killSwitch.RevokeAsync(planned, Operator.Actor, Operator.Origin);
        await _context.Output.WriteLineAsync(Report(result));
    }

    /// <summary>Lifts a quarantine and reports it.</summary>
    /// <exception cref="StartException">There is none of that id, or the revocation is for good.</exception>
    public async Task LiftAsync(long id)
    {
        var refusal = await _killSwitch.LiftAsync(id, Operator.Actor, Operator.Origin) switch
        {
            LiftOutcome.Lifted => null,
            LiftOutcome.Permanent => $"revocation {id} is for good; only a quarantine can be lifted",
            _ => $"no revocation {id} stands; 'keyholder revoke list' shows those that do",
        };
        if (refusal is not null)
        {
            throw new StartException(refusal);
        }

        await _context.Output.WriteLineAsync($"Lifted quarantine {id}: what it matched works again.");
    }

    /// <summary>Prints what stands, newest first, one tab-separated line each.</summary>
    public async Task ListAsync(CancellationToken cancellationToken)
    {
        const int Page = 500;
        await _context.Output.WriteLineAsync("ID\tKIND\tTARGET\tSINCE\tUNTIL\tREASON");
        long? before = null;
        IReadOnlyList<RevocationLogEntry> page;
        do
        {
            page = await _killSwitch.ListAsync(before, Page, cancellationToken);
            foreach (var (id, entry) in page)
            {
                before = id;
                await _context.Output.WriteLineAsync(string.Join(
                    '\t', id, entry.IsQuarantine ? "quarantine" : "permanent", RevocationTargets.Describe(entry.Target), Format(entry.CutOff), Format(entry.ExpiresAt), entry.Reason));
            }
        }
        while (page.Count == Page);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Storage.DisposeAsync();

    private static string Report(RevocationResult result)
    {
        var what = $"{RevocationTargets.Describe(result.Entry.Target)}: {result.Sessions} session(s)";
        return (result.Id, result.Entry.IsQuarantine) switch
        {
            (null, false) => $"Would revoke {what}. Nothing was changed.",
            (null, true) => $"Would put in quarantine {what}. Nothing was changed.",
            ({ } id, false) => $"Revoked {what}. Revocation {id}.",
            ({ } id, true) => $"In quarantine {what}. 'keyholder revoke lift {id}' lifts it.",
        };
    }

    private static string Describe(RevocationProblem problem, RevocationRequest request) => problem switch
    {
        RevocationProblem.TargetMalformed => $"'{request.Target.Value}' is no {RevocationTargets.NameOf(request.Target.Kind)}",
        RevocationProblem.ProviderUnknown => $"no provider '{request.Target.Value}' is configured",
        RevocationProblem.ResourceUnknown => $"no resource '{request.Target.Value}' is configured, and it is no URI",
        RevocationProblem.ReasonMalformed => $"a reason is 1 to {RevocationRequest.MaxReasonLength} printable characters",
        RevocationProblem.ExpiryPast => "the expiry is not in the future: the token is dead already",
        _ => "only a token and a quarantine can be given an expiry",
    };

    private static string Format(DateTimeOffset time) =>
        time == RevocationEntry.Never ? "-" : time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
