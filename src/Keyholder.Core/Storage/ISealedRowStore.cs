namespace Keyholder.Storage;

/// <summary>Everything the vault's key ring has sealed, wherever it lies, for changing and checking keys.</summary>
public interface ISealedRowStore
{
    /// <summary>A page of one kind, in key order.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="keyMark">Only envelopes that name this key; null = all.</param>
    /// <param name="after">The last row of the page before; null = from the start.</param>
    /// <param name="limit">How many at most, above 0; fewer means that there are no more.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<IReadOnlyList<SealedRow>> ReadAsync(SealedKind kind, byte[]? keyMark, SealedRow? after, int limit, CancellationToken cancellationToken);

    /// <summary>Replaces envelopes in one transaction, each only if it is still the one that was read: who wrote meanwhile wins.</summary>
    /// <param name="replacements">Rows of one kind as they were read, in key order, and their new envelopes.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    /// <returns>How many were replaced.</returns>
    Task<int> ReplaceAsync(IReadOnlyList<(SealedRow Row, byte[] Envelope)> replacements, CancellationToken cancellationToken);

    /// <summary>Whether any envelope of any kind names the key.</summary>
    Task<bool> AnyAsync(byte[] keyMark, CancellationToken cancellationToken);

    /// <summary>How many envelopes there are, by kind and key.</summary>
    Task<IReadOnlyList<SealedCount>> CountAsync(CancellationToken cancellationToken);
}
