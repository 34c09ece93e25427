using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Hosting;

/// <summary>
/// Takes over what a running server can: providers, resources and declared virtual keys. With any problem anywhere in the file everything that was in force stays, the log names each
/// problem, and readiness says so until the file is mended. A file that says what is in force changes nothing, also not what the file of another node has changed in the database since.
/// What fails on its way (the database does not answer) is ended by the next attempt.
/// </summary>
internal sealed partial class ConfigurationReloader(
    ConfigurationResult start,
    IReadOnlyDictionary<string, string> environment,
    ConfiguredResources resources,
    Declarations declarations,
    UpstreamRegistrations registrations,
    UpstreamAuthorizer authorizer,
    ConfigurationHealth health,
    IAuditStore audit,
    TimeProvider time,
    ILogger<ConfigurationReloader> logger) : IDisposable
{
    private const int MaxLength = 500;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private KeyholderFile _running = start.Definitions!;

    // Whether the last attempt at the database ended well; if not, it may hold something else than what is in force here.
    private bool _isSettled = true;

    // What that attempt has written to the audit trail, if it got so far.
    private string? _recorded;

    /// <summary>The file; null when the server was started without one.</summary>
    public string? File => start.File;

    /// <summary>Reads the file and takes it over. Runs one at a time.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var read = ConfigurationLoader.Load(start.File, environment);
            var next = read.Definitions is { } definitions ? ConfigurationLoader.Validate(ConfigurationChanges.TakeOver(_running, definitions), start.File) : read;
            if (next.Configuration is { } configuration)
            {
                await TakeOverAsync(configuration, next.Definitions!, ConfigurationChanges.Find(_running, read.Definitions!), cancellationToken);
            }
            else
            {
                await RefuseAsync(next.Problems, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task TakeOverAsync(KeyholderConfiguration configuration, KeyholderFile definitions, IReadOnlyList<ConfigurationChange> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes.Where(change => change.NeedsRestart))
        {
            LogNeedsRestart(change.Path);
        }

        var taken = changes.Where(change => !change.NeedsRestart).ToList();
        if (taken.Count > 0 || !_isSettled)
        {
            var what = taken.Count > 0 ? string.Join(", ", taken) : "as before";
            if (await FollowAsync(configuration, what, cancellationToken) is { Count: > 0 } problems)
            {
                await RefuseAsync(problems, cancellationToken);
                return;
            }

            _running = definitions;
            LogTaken(taken.Count, Shorten(what));
        }

        health.Set(problems: 0);
    }

    // Storage is asked first: it may refuse, and then nothing has changed. The providers follow it, as what it gave back to a key may be of a client that Keyholder is no more. If they
    // fail, keys and grants are in force and recorded already, and the next attempt comes to the same end.
    private async Task<IReadOnlyList<ConfigurationProblem>> FollowAsync(KeyholderConfiguration configuration, string what, CancellationToken cancellationToken)
    {
        _isSettled = false;
        var next = configuration.Resources.WithApi(ApiResource.Create(configuration.Issuer));
        var record = what == _recorded ? null : Record(AuditActions.ConfigurationReloaded, Shorten(what));
        var declared = await declarations.ApplyAsync(Declaration.Of(next, configuration.VirtualKeys), record, cancellationToken);
        if (declared.Plan.Problems.Count > 0)
        {
            return declared.Plan.Problems;
        }

        _recorded = what;
        await registrations.RecordAsync(next.Providers, cancellationToken);
        authorizer.Forget();
        resources.Replace(next);
        (_isSettled, _recorded) = (true, null);
        return [];
    }

    private async Task RefuseAsync(IReadOnlyList<ConfigurationProblem> problems, CancellationToken cancellationToken)
    {
        health.Set(problems.Count);
        foreach (var problem in problems)
        {
            LogProblem(problem.ToString());
        }

        await audit.AppendAsync(Record(AuditActions.ConfigurationRefused, $"{problems.Count} problems"), cancellationToken);
    }

    private AuditEvent Record(string action, string reason) => new()
    {
        At = time.GetUtcNow(),
        Action = action,
        Actor = "system",
        Target = "configuration",
        Reason = reason,
    };

    private static string Shorten(string text) => text.Length > MaxLength ? text[..MaxLength] + "…" : text;

    [LoggerMessage(1900, LogLevel.Information, "Took over {Count} changes of the configuration: {Changes}")]
    private partial void LogTaken(int count, string changes);

    [LoggerMessage(1901, LogLevel.Warning, "The change of {Path} takes effect at the next start")]
    private partial void LogNeedsRestart(string path);

    [LoggerMessage(1902, LogLevel.Error, "The configuration file has changed and is refused; what was in force stays: {Problem}")]
    private partial void LogProblem(string problem);
}
