using System.Security.Cryptography;
using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>Opens everything the vault has sealed and says what it found; changes nothing.</summary>
public sealed class VaultVerification(ISealedRowStore store, VaultKeySource keys)
{
    private const int PageSize = 500;
    private readonly EnvelopeSealer _sealer = new(keys);
    private readonly SortedDictionary<(SealedKind Kind, string KeyId), long> _opened = [];

    /// <summary>How many envelopes opened, by kind and key id.</summary>
    public IReadOnlyDictionary<(SealedKind Kind, string KeyId), long> Opened => _opened;

    /// <summary>One pass over every kind.</summary>
    /// <param name="report">Told of every envelope that does not open.</param>
    /// <param name="cancellationToken">Ends the pass.</param>
    public async Task RunAsync(Func<EnvelopeFailure, Task> report, CancellationToken cancellationToken)
    {
        foreach (var kind in SealedKinds.All)
        {
            SealedRow? last = null;
            IReadOnlyList<SealedRow> page;
            do
            {
                page = await store.ReadAsync(kind, keyMark: null, last, PageSize, cancellationToken);
                foreach (var row in page)
                {
                    last = row;
                    if (Open(row) is var outcome and not EnvelopeOutcome.Opened)
                    {
                        await report(new EnvelopeFailure(kind, SealedContexts.Describe(row), outcome));
                    }
                }
            }
            while (page.Count == PageSize);
        }
    }

    private EnvelopeOutcome Open(SealedRow row)
    {
        var outcome = _sealer.Open(row.Envelope, SealedContexts.Of(row), out var plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        if (outcome == EnvelopeOutcome.Opened)
        {
            var key = (row.Kind, keys.Current.FindId(EnvelopeSealer.MarkOf(row.Envelope))!);
            _opened[key] = _opened.GetValueOrDefault(key) + 1;
        }

        return outcome;
    }
}
