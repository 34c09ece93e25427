using System.Security.Cryptography;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Users;
using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>Finds for every record of a file where it belongs now. Changes nothing.</summary>
public sealed class ImportPlanner(ISessionStore sessions, IUserStore users, ProviderNames providers, TimeProvider time)
{
    /// <summary>The plan; null when there was any problem.</summary>
    /// <param name="file">The file.</param>
    /// <param name="problems">Receives every problem: a provider without a name, an unknown user, a record that is there twice, two that lead to one credential.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public async Task<ImportPlan?> PlanAsync(ImportFile file, ICollection<ImportProblem> problems, CancellationToken cancellationToken)
    {
        var before = problems.Count;
        providers.Check(problems);
        var passedOver = new List<ImportProblem>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var owned = new Dictionary<CredentialKey, int>();
        var credentials = new List<PlannedCredential>();
        foreach (var credential in file.Credentials)
        {
            if (await PlanAsync(credential, problems, passedOver, cancellationToken) is { } planned && IsFirst(planned.Record, credential.Line) && IsAlone(planned.Key, credential.Line))
            {
                credentials.Add(planned);
            }
        }

        var identities = new List<PlannedIdentity>();
        foreach (var identity in file.Identities)
        {
            if (await PlanAsync(identity, problems, cancellationToken) is { } planned && IsFirst(planned.Record, identity.Line))
            {
                identities.Add(planned);
            }
        }

        return problems.Count == before ? new ImportPlan(credentials, identities, passedOver) : null;

        bool IsFirst(byte[] record, int line)
        {
            if (seen.TryAdd(Convert.ToHexString(record), line))
            {
                return true;
            }

            problems.Add(new(line, $"is the same record as line {seen[Convert.ToHexString(record)]}"));
            return false;
        }

        bool IsAlone(CredentialKey key, int line)
        {
            if (owned.TryAdd(key, line))
            {
                return true;
            }

            problems.Add(new(line, $"leads to the same credential of {key.Provider} as line {owned[key]}: only one of the two can be kept"));
            return false;
        }
    }

    private async Task<PlannedCredential?> PlanAsync(
        ImportedCredential credential, ICollection<ImportProblem> problems, List<ImportProblem> passedOver, CancellationToken cancellationToken)
    {
        var session = await sessions.FindAsync(credential.Session, cancellationToken);
        if (session is null || !session.IsActive(time.GetUtcNow()))
        {
            passedOver.Add(new(credential.Line, $"the session {credential.Session} is {(session is null ? "unknown" : "over")}: nobody could use the credential"));
            return null;
        }

        if (Find(credential.ProviderType, session.Resource, credential.Line, problems) is not { } provider)
        {
            return null;
        }

        var record = RecordOf("credential", credential.ProviderType, credential.Session.ToString(), provider.Name);
        var key = new CredentialKey(CredentialOwner.For(provider, session.Subject, session.Id), provider.Name);
        var binding = key.Owner.Kind == CredentialOwnerKind.Session ? new CredentialBinding(session.Subject, session.ClientId) : null;
        return new PlannedCredential(record, key, binding, credential);
    }

    private async Task<PlannedIdentity?> PlanAsync(ImportedIdentity identity, ICollection<ImportProblem> problems, CancellationToken cancellationToken)
    {
        if (Find(identity.ProviderType, resourceUri: null, identity.Line, problems) is not { } provider)
        {
            return null;
        }

        var user = identity.User is null
            ? new User(UserId.Create(), identity.DisplayName is { Length: > 0 } name ? name : $"{provider.Name} user", time.GetUtcNow())
            : await FindUserAsync(identity.User, cancellationToken);
        if (user is null)
        {
            problems.Add(new(identity.Line, $"there is no user '{identity.User}'"));
            return null;
        }

        return new PlannedIdentity(RecordOf("identity", identity.ProviderType, identity.Subject, provider.Name), new ProviderIdentity(provider.Name, identity.Subject), user);
    }

    private Provider? Find(string type, string? resourceUri, int line, ICollection<ImportProblem> problems)
    {
        var provider = providers.Find(type, resourceUri);
        if (provider is null)
        {
            problems.Add(new(line, $"no provider is named for '{type}'{(resourceUri is null ? "" : $" of {resourceUri}")}"));
        }

        return provider;
    }

    private async Task<User?> FindUserAsync(string nameOrId, CancellationToken cancellationToken) =>
        LocalUserName.Normalize(nameOrId) is { } name && await users.FindLocalAsync(name, cancellationToken) is { } local
            ? local.User
            : await users.FindAsync(nameOrId, cancellationToken);

    // The logical name is part of it: whoever mapped a type wrongly can do it again rightly.
    private static byte[] RecordOf(string kind, string type, string id, string provider) =>
        SHA256.HashData(new EnvelopeContext(kind).Add(type).Add(id).Add(provider).Bytes);
}
