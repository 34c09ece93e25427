using System.Security.Cryptography;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>
/// Seals anew, with the key that seals now, whatever an older key of the ring has sealed. It works in small transactions beside everything else: an envelope that
/// somebody replaces meanwhile is theirs. Where it stands is written nowhere but in the envelopes themselves, so that it can be ended at any point and begun again.
/// </summary>
public sealed class Resealer(ISealedRowStore store, VaultKeySource keys, TimeProvider time)
{
    private const int BatchSize = 50;

    // A row that somebody holds is passed over and taken in the next round.
    private const int MaxRounds = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly EnvelopeSealer _sealer = new(keys);

    /// <summary>One pass over every kind.</summary>
    /// <param name="mayGoOn">Asked before every transaction; false ends the pass.</param>
    /// <param name="report">Told after every transaction.</param>
    /// <param name="cancellationToken">Ends the pass; a transaction that has begun is finished.</param>
    public async Task<ResealResult> RunAsync(Func<CancellationToken, ValueTask<bool>> mayGoOn, Action<ResealProgress> report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ring = keys.Current;
        var result = new ResealResult(ring.RequireSealingAt(now).Id, Resealed: 0, Unopened: 0, Finished: true);
        foreach (var key in ring.SupersededAt(now))
        {
            var unopened = result.Unopened;
            for (var round = 0; round < MaxRounds && result.Finished && await store.AnyAsync(key.Mark, cancellationToken); round++)
            {
                var before = result;
                result = await RunAsync(key, result with { Unopened = unopened }, mayGoOn, report, cancellationToken);
                if (result.Resealed == before.Resealed)
                {
                    break;
                }
            }
        }

        return result;
    }

    private async Task<ResealResult> RunAsync(
        VaultKey key, ResealResult result, Func<CancellationToken, ValueTask<bool>> mayGoOn, Action<ResealProgress> report, CancellationToken cancellationToken)
    {
        var counts = await store.CountAsync(cancellationToken);
        foreach (var kind in SealedKinds.All)
        {
            var total = counts.FirstOrDefault(count => count.Kind == kind && count.KeyMark.AsSpan().SequenceEqual(key.Mark))?.Rows ?? 0;
            result = await RunAsync(key, new ResealProgress(kind, Done: 0, total), result, mayGoOn, report, cancellationToken);
            if (!result.Finished)
            {
                break;
            }
        }

        return result;
    }

    private async Task<ResealResult> RunAsync(
        VaultKey key, ResealProgress progress, ResealResult result, Func<CancellationToken, ValueTask<bool>> mayGoOn, Action<ResealProgress> report, CancellationToken cancellationToken)
    {
        SealedRow? last = null;
        while (true)
        {
            if (!await mayGoOn(cancellationToken))
            {
                return result with { Finished = false };
            }

            var page = await store.ReadAsync(progress.Kind, key.Mark, last, BatchSize, cancellationToken);
            var replacements = page.Select(row => (Row: row, Envelope: Reseal(row))).Where(r => r.Envelope is not null).Select(r => (r.Row, r.Envelope!)).ToList();
            var replaced = replacements.Count == 0 ? 0 : await store.ReplaceAsync(replacements, cancellationToken);
            result = result with { Resealed = result.Resealed + replaced, Unopened = result.Unopened + page.Count - replacements.Count };
            if (page.Count > 0)
            {
                var done = progress.Done + page.Count;
                progress = progress with { Done = done, Total = Math.Max(progress.Total, done) };
                report(progress);
            }

            if (page.Count < BatchSize)
            {
                return result;
            }

            last = page[^1];
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private byte[]? Reseal(SealedRow row)
    {
        var context = SealedContexts.Of(row);
        if (_sealer.Open(row.Envelope, context, out var plaintext) != EnvelopeOutcome.Opened)
        {
            return null;
        }

        try
        {
            return _sealer.Seal(plaintext, context);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
