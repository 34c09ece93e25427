using Keyholder.Import;
using Keyholder.Resources;
using Keyholder.Server.Hosting;
using Keyholder.Vault;

namespace Keyholder.Server.Configuration;

/// <summary>What types and bounds cannot say: how the parts of the configuration have to fit together.</summary>
internal static class ConfigurationValidator
{
    /// <summary>The configuration in force; with any problem it must not be used.</summary>
    public static KeyholderConfiguration Validate(KeyholderFile file, ConfigurationProblems problems)
    {
        var listen = ServerRules.Listen(file.Server, problems);
        var issuer = ServerRules.Issuer(file.Server, listen, problems);
        var proxies = ServerRules.TrustedProxies(file.Server, problems);
        ServerRules.CheckExposure(file.Server, listen, issuer, proxies, problems);
        CheckStorage(file, problems);
        if (file.Sessions.AbsoluteLifetime < file.Sessions.IdleLifetime)
        {
            problems.Add("sessions.absoluteLifetime", "is shorter than idleLifetime");
        }

        if (file.Revocation.MaxStaleness <= file.Revocation.PollInterval)
        {
            problems.Add("revocation.maxStaleness", "is not longer than pollInterval");
        }

        var resources = ResourceRules.Build(issuer, file.Resources, file.Providers, problems);
        CheckImport(file.Import, resources, problems);
        return new KeyholderConfiguration
        {
            Issuer = issuer,
            Listen = listen,
            Tls = file.Server.Tls,
            TrustedProxies = proxies,
            AllowedOrigins = ServerRules.AllowedOrigins(file.Server, problems),
            Storage = file.Storage,
            Vault = file.Vault,
            Import = file.Import,
            AccessTokens = file.Tokens,
            Sessions = file.Sessions,
            Revocation = file.Revocation,
            Authorization = file.Authorization,
            Registration = file.Registration,
            ClientMetadataDocuments = file.ClientMetadataDocuments,
            Upstream = file.Upstream,
            Maintenance = file.Maintenance,
            Logging = file.Logging,
            Resources = resources,
            VirtualKeys = VirtualKeyDefinitionRules.Build(file, resources, problems),
            Clients = [.. ClientRules.Build(file.Clients, problems), .. ClientDocumentRules.Build(file, problems)],
        };
    }

    private static void CheckStorage(KeyholderFile file, ConfigurationProblems problems)
    {
        if (file.Storage.Kind == StorageKind.Sqlite && string.IsNullOrWhiteSpace(file.Storage.Path))
        {
            problems.Add("storage.path", "is empty");
        }

        CheckPostgres(file, problems);

        if (file.Vault.Keys.Count > 0)
        {
            CheckKeys(file.Vault, problems);
        }

        if (file.Vault.KeyFile is { Length: 0 })
        {
            problems.Add("vault.keyFile", "is empty");
        }
    }

    private static void CheckImport(ImportConfiguration import, ResourceSnapshot resources, ConfigurationProblems problems)
    {
        if (import.File is { Length: 0 })
        {
            problems.Add("import.file", "is empty");
        }

        var mistakes = new List<ImportProblem>();
        new ProviderNames(import.Providers, resources).Check(mistakes);
        foreach (var mistake in mistakes)
        {
            problems.Add("import.providers", mistake.Message);
        }
    }

    private static void CheckPostgres(KeyholderFile file, ConfigurationProblems problems)
    {
        const string Path = "storage.connectionString";
        if (file.Storage.Kind != StorageKind.Postgres)
        {
            if (file.Storage.ConnectionString is not null)
            {
                problems.Add(Path, "is for kind postgres only");
            }

            return;
        }

        if (file.Storage.ConnectionString is not { } connectionString)
        {
            problems.Add(Path, "is missing; kind postgres needs it");
        }
        else if (!StorageServices.IsConnectionString(connectionString))
        {
            problems.Add(Path, "must be pairs as in Host=db.example;Database=keyholder;Username=keyholder, with a Host and no unknown name");
        }

        // There is no place beside the database for a generated key, and every node needs the same one.
        if (file.Vault is { KeyFile: null, Keys.Count: 0 })
        {
            problems.Add("vault.keyFile", "is missing; with kind postgres the vault's keys have to be named, the same on every node, by keyFile or keys");
        }
    }

    private static void CheckKeys(VaultConfiguration vault, ConfigurationProblems problems)
    {
        if (vault.KeyFile is not null)
        {
            problems.Add("vault.keyFile", "contradicts keys; give one of the two");
        }

        var mistakes = new List<string>();
        if (VaultKeyRing.Parse(string.Join('\n', vault.Keys), mistakes) is null)
        {
            problems.Add("vault.keys", string.Join(' ', mistakes));
        }
    }
}
