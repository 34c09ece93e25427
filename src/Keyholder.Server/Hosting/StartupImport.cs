using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Finishes what has to be imported before the server listens. One that cannot be finished ends the start: half of the credentials are worse than none.</summary>
internal static class StartupImport
{
    /// <summary>Imports the configured file unless that was done before, and makes sure that no import is left unfinished.</summary>
    /// <exception cref="StartException">One is; the message says what to do.</exception>
    public static async Task RunAsync(KeyholderConfiguration configuration, IKeyholderStorage storage, ISecretSealer sealer, TimeProvider time, CancellationToken cancellationToken)
    {
        if (configuration.Import.File is { } path && await IsWantedAsync(path, storage, cancellationToken))
        {
            var import = new FileImport(storage, configuration.Resources, sealer, time);
            var (file, plan) = await import.PlanAsync(path, configuration.Import.Providers, cancellationToken);
            await import.RunAsync(path, file, plan, "system", cancellationToken);
        }

        if ((await storage.Imports.ListAsync(cancellationToken)).FirstOrDefault(run => run.FinishedAt is null) is { } unfinished)
        {
            throw new StartException(
                $"the import of {unfinished.Source}, begun at {unfinished.BeganAt:u}, is not finished: run 'keyholder import {unfinished.Source}' again, "
                + "or 'keyholder import --abandon' to do without the rest");
        }
    }

    // A file that was imported may be deleted, and should be.
    private static async Task<bool> IsWantedAsync(string path, IKeyholderStorage storage, CancellationToken cancellationToken) =>
        File.Exists(path) || !(await storage.Imports.ListAsync(cancellationToken)).Any(run => run.Source == Path.GetFullPath(path) && run.FinishedAt is not null);
}
