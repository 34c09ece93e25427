namespace Keyholder.Storage;

/// <summary>An envelope where it lies.</summary>
/// <param name="Kind">What it seals.</param>
/// <param name="Key">The row's unique key: a string or a byte array.</param>
/// <param name="Envelope">The envelope.</param>
/// <param name="Bound">The columns of the row its additional data is made of, in that order: strings, byte arrays, 64-bit integers or nulls.</param>
public sealed record SealedRow(SealedKind Kind, object Key, byte[] Envelope, IReadOnlyList<object?> Bound)
{
    /// <inheritdoc />
    public override string ToString() => $"sealed row ({Kind})";
}
