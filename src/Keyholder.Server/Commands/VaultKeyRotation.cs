using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder keys rotate</c>: a new key is first read with, then sealed with, and then everything is sealed anew. Each step can be the last one of a process.</summary>
internal sealed class VaultKeyRotation(VaultKeySession session, ProcessContext context)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgreementPatience = SealingAgreement.ReportInterval * 3;

    /// <summary>Adds a fresh key to the key file.</summary>
    /// <param name="delay">How long it is only read with.</param>
    /// <param name="cancellationToken">Gives up before the file is changed.</param>
    /// <exception cref="StartException">Refused, and nothing was changed: the message says why and what to do.</exception>
    public async Task AddAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        await FollowAsync(cancellationToken);
        var added = await session.Changes.AddAsync(delay, Operator.Actor, Operator.Origin, cancellationToken);
        if (Refusal(added) is { } refusal)
        {
            throw new StartException(refusal);
        }

        await context.Output.WriteLineAsync(
            $"Added the key {added.Key!.Id} to {session.KeyFile}. Back the file up. Servers that have a copy of it need the new one before "
            + $"{CommandOutput.Moment(added.Key.SealsFrom!.Value)}, when the key begins to seal.");
    }

    /// <summary>Waits until the newest key seals, then seals anew what older ones have sealed, and says how far it is.</summary>
    /// <returns>The exit code: 1 when something could not be opened.</returns>
    public async Task<int> ResealAsync(CancellationToken cancellationToken)
    {
        if (session.Keys.Current.Keys[^1].SealsFrom is { } sealsFrom && sealsFrom + RetirePolicy.Settling - context.Time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
        {
            await context.Output.WriteLineAsync($"Waiting until {CommandOutput.Moment(sealsFrom + RetirePolicy.Settling)}. To leave the rest to the servers, stop this command.");
            await Task.Delay(wait, context.Time, cancellationToken);
        }

        session.Changes.Reload();
        await AgreeAsync(cancellationToken);
        var resealer = new Resealer(session.Storage.SealedRows, session.Keys, context.Time);
        var result = await resealer.RunAsync(static _ => new(true), Report(), cancellationToken);
        if (result.Resealed > 0)
        {
            await session.Storage.Audit.AppendAsync(VaultKeyAudit.Resealed(result, Operator.Actor, context.Time.GetUtcNow()), CancellationToken.None);
        }

        await context.Output.WriteLineAsync($"Sealed {result.Resealed} anew with the key {result.KeyId}.");
        if (result.Unopened == 0)
        {
            return 0;
        }

        await context.Error.WriteLineAsync($"keyholder: {result.Unopened} could not be opened and are as they were; 'keyholder keys verify' names them");
        return 1;
    }

    /// <summary>Waits until the running servers seal with the newest key, and seals with it too.</summary>
    /// <exception cref="StartException">Some cannot: everything goes on with the key before.</exception>
    private async Task AgreeAsync(CancellationToken cancellationToken)
    {
        await FollowAsync(cancellationToken);
        var ring = session.Keys.Current;
        var (newest, deadline) = (ring.PrintOf(ring.KeyIds[^1]), context.Time.GetUtcNow() + AgreementPatience);
        while ((await session.Storage.VaultKeyNodes.ListAsync(context.Time.GetUtcNow(), cancellationToken)).Where(node => !node.Seals.Contains(newest)).ToList() is { Count: > 0 } others)
        {
            if (context.Time.GetUtcNow() >= deadline)
            {
                var lacking = others.Where(node => !node.Opens.Contains(newest)).Select(node => node.Name).Distinct();
                throw new StartException(
                    $"nothing was sealed with the key {ring.KeyIds[^1]}, because not every running server can open it: {string.Join(", ", lacking)}. "
                    + "Bring the key file to them; they read it by themselves, and all servers then seal with the key. 'keyholder keys rotate --resume' goes on");
            }

            await Task.Delay(SealingAgreement.ReportInterval / 10, context.Time, cancellationToken);
        }

        await FollowAsync(cancellationToken);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var missing = await SealingAgreement.FollowAsync(session.Keys, session.Storage.VaultKeyNodes, context.Time.GetUtcNow(), cancellationToken);
        if (missing.Count > 0)
        {
            throw new StartException(VaultServices.Describe(missing));
        }
    }

    private Action<ResealProgress> Report()
    {
        var (kind, at) = ((SealedKind?)null, DateTimeOffset.MinValue);
        return progress =>
        {
            var now = context.Time.GetUtcNow();
            if (progress.Kind != kind || progress.Done >= progress.Total || now - at >= ReportEvery)
            {
                (kind, at) = (progress.Kind, now);
                context.Output.WriteLine($"{SealedKinds.NameOf(progress.Kind)}: {progress.Done} of {progress.Total}");
            }
        };
    }

    private string? Refusal(AddedVaultKey added) => added.Outcome switch
    {
        AddKeyOutcome.Added => null,
        AddKeyOutcome.DelayOutOfBounds =>
            $"--delay has to be from {Duration.Format(session.Changes.ShortestDelay)} (twice vault.reloadInterval, so that every server has read the key) to {Duration.Format(VaultKeyChanges.LongestDelay)}",
        AddKeyOutcome.Pending => added.Key!.SealsFrom is { } sealsFrom
            ? $"the key {added.Key.Id} was added already and seals from {CommandOutput.Moment(sealsFrom)}; 'keyholder keys rotate --resume' goes on with it"
            : $"the key {added.Key.Id} was added already and is held back until every running server has it; bring the key file that holds it to all of them",
        AddKeyOutcome.InConfiguration => Instructions(added.Key!),
        _ => KeysCommand.Busy,
    };

    private static string Instructions(VaultKeyInfo key) =>
        $"""
        the keys are in the configuration (vault.keys), which this command does not write. To add a key:
          1. make one:  openssl rand -base64 32
          2. append  {key.Id}:KEY {key.SealsFrom!.Value.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}  as the last of vault.keys on every server, with a moment by which all of them have been started again with it
          3. after that moment the servers seal anew by themselves; 'keyholder keys rotate --resume' does it at once
        """;
}
