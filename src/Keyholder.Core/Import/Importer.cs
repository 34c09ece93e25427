using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>
/// Carries a plan out, record by record. Each is stored together with its line in the journal, so that the import can end at any point and be begun again without
/// anything being lost, doubled or overwritten. It is finished when everything it stored has been read back and opened.
/// </summary>
public sealed class Importer(IImportStore imports, ICredentialStore credentials, ISecretSealer sealer, TimeProvider time)
{
    private const int RowIdSize = 16;
    private readonly CredentialEnvelope _envelope = new(sealer);

    /// <summary>Imports, or goes on importing; nothing when the file has been imported before.</summary>
    /// <param name="digest">SHA-256 of the file.</param>
    /// <param name="source">The file's path, for people.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="actor">Who does it, for the audit trail.</param>
    /// <param name="cancellationToken">Ends the import between two records.</param>
    /// <exception cref="CryptographicException">Something that was stored does not open: the import stays unfinished.</exception>
    public async Task<ImportReport> RunAsync(byte[] digest, string source, ImportPlan plan, string actor, CancellationToken cancellationToken)
    {
        var begun = await imports.BeginAsync(digest, source, Event(AuditActions.ImportBegun, actor, Target(digest)), time.GetUtcNow(), cancellationToken);
        if (begun == ImportBeginOutcome.Finished)
        {
            return new ImportReport(Imported: 0, Kept: 0);
        }

        var outcomes = new List<ImportOutcome>();
        foreach (var identity in plan.Identities)
        {
            var stored = Event(AuditActions.IdentityImported, actor, $"user:{identity.User.Id}", "provider " + identity.Identity.Provider);
            outcomes.Add(await imports.AddIdentityAsync(identity.Record, identity.Identity, identity.User, stored, time.GetUtcNow(), cancellationToken));
        }

        foreach (var credential in plan.Credentials)
        {
            var stored = Event(AuditActions.CredentialImported, actor, $"credential:{credential.Key}");
            outcomes.Add(await imports.AddCredentialAsync(credential.Record, Row(credential), stored, time.GetUtcNow(), cancellationToken));
        }

        foreach (var credential in plan.Credentials)
        {
            await VerifyAsync(credential, cancellationToken);
        }

        await imports.FinishAsync(digest, Event(AuditActions.ImportFinished, actor, Target(digest), $"{outcomes.Count} records"), time.GetUtcNow(), cancellationToken);
        return new ImportReport(outcomes.Count(o => o == ImportOutcome.Imported), outcomes.Count(o => o == ImportOutcome.Kept));
    }

    private StoredCredential Row(PlannedCredential credential)
    {
        var now = time.GetUtcNow();
        var row = new StoredCredential
        {
            RowId = RandomNumberGenerator.GetBytes(RowIdSize),
            Key = credential.Key,
            Kind = CredentialKind.OAuth,
            Version = 1,
            Envelope = [],
            Status = CredentialStatus.Active,
            ProviderSubject = credential.Source.Account,
            Binding = credential.Binding,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return _envelope.Seal(row, credential.Source.Tokens);
    }

    // Of a row that was there before, or has been refreshed or deleted since, the file says nothing any more.
    private async Task VerifyAsync(PlannedCredential credential, CancellationToken cancellationToken)
    {
        if (await imports.FindAsync(credential.Record, cancellationToken) != ImportOutcome.Imported
            || await credentials.FindAsync(credential.Key, cancellationToken) is not { Version: 1 } row)
        {
            return;
        }

        var outcome = _envelope.Open(row, out var tokens);
        if (outcome != EnvelopeOutcome.Opened || tokens != credential.Source.Tokens || row.ExpiresAt != Stored(credential.Source.Tokens.ExpiresAt))
        {
            throw new CryptographicException($"The credential {credential.Key} of line {credential.Source.Line} was not stored as it was read ({outcome}).");
        }
    }

    // Rows keep milliseconds.
    private static DateTimeOffset? Stored(DateTimeOffset? moment) => moment is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()) : null;

    private static string Target(byte[] digest) => "import:" + Convert.ToHexStringLower(digest.AsSpan(0, 8));

    private AuditEvent Event(string action, string actor, string target, string? reason = null) => new()
    {
        At = time.GetUtcNow(),
        Action = action,
        Actor = actor,
        Target = target,
        Reason = reason,
    };
}
