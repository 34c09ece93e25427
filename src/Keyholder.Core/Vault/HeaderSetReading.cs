namespace Keyholder.Vault;

/// <summary>What became of submitted headers. Names only: a refused value is never repeated.</summary>
/// <param name="Headers">The set to store; null when anything is wrong.</param>
/// <param name="Missing">Required names without a value.</param>
/// <param name="Malformed">Declared names whose value no header can carry, or that came twice.</param>
public sealed record HeaderSetReading(HeaderSet? Headers, IReadOnlyList<string> Missing, IReadOnlyList<string> Malformed)
{
    /// <inheritdoc />
    public override string ToString() => Headers is null ? "refused headers" : "accepted headers";
}
