using Keyholder.Import;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Imports a file into a storage, at the start or on command.</summary>
internal sealed class FileImport(IKeyholderStorage storage, ResourceSnapshot resources, ISecretSealer sealer, TimeProvider time)
{
    /// <summary>Reads a file and finds out where everything in it belongs. Changes nothing.</summary>
    /// <exception cref="StartException">There are problems; the message lists them all.</exception>
    public async Task<(ImportFile File, ImportPlan Plan)> PlanAsync(string path, IReadOnlyDictionary<string, string> providers, CancellationToken cancellationToken)
    {
        var problems = new List<ImportProblem>();
        if (ImportFile.Load(path, problems) is { } file)
        {
            var planner = new ImportPlanner(storage.Sessions, storage.Users, new ProviderNames(providers, resources), time);
            if (await planner.PlanAsync(file, problems, cancellationToken) is { } plan)
            {
                return (file, plan);
            }
        }

        throw new StartException($"the import has {problems.Count} problem(s), and nothing was changed:\n" + string.Join('\n', problems.Select(p => "  " + p)));
    }

    /// <summary>Carries a plan out.</summary>
    public Task<ImportReport> RunAsync(string path, ImportFile file, ImportPlan plan, string actor, CancellationToken cancellationToken) =>
        new Importer(storage.Imports, storage.Credentials, sealer, time).RunAsync(file.Digest, Path.GetFullPath(path), plan, actor, cancellationToken);
}
