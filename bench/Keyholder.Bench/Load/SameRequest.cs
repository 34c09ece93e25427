namespace Keyholder.Bench.Load;

/// <summary>The same request every time.</summary>
internal sealed class SameRequest(ReadOnlyMemory<byte> request) : IRequestSequence
{
    public ReadOnlyMemory<byte> Next() => request;

    public void Take(ReadOnlySpan<byte> response)
    {
        // The status says all.
    }
}
