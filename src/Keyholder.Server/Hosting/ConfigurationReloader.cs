using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Hosting;

/// <summary>
/// Takes over what a running server can: providers, resources and declared virtual keys. All of a change or nothing: with any problem anywhere in the file, everything that was in force
/// stays, the log names each problem, and readiness says so until the file is mended.
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

        // Virtual keys and their credentials follow first, and also what became of them otherwise: whatever fails leaves the old state in force, and is tried again.
        var taken = changes.Where(change => !change.NeedsRestart).ToList();
        var next = configuration.Resources.WithApi(ApiResource.Create(configuration.Issuer));
        var what = Shorten(string.Join(", ", taken));
        var record = taken.Count > 0 ? Record(AuditActions.ConfigurationReloaded, what) : null;
        var declared = await declarations.ApplyAsync(Declaration.Of(next, configuration.VirtualKeys), record, cancellationToken);
        if (declared.Plan.Problems is { Count: > 0 } problems)
        {
            await RefuseAsync(problems, cancellationToken);
            return;
        }

        if (taken.Count > 0)
        {
            await registrations.RecordAsync(next.Providers, cancellationToken);
            authorizer.Forget();
            resources.Replace(next);
            _running = definitions;
            LogTaken(taken.Count, what);
        }

        health.Set(problems: 0);
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
