namespace Keyholder.Bench.Load;

/// <summary>What one connection sends, one request after the other, each perhaps made from the response to the one before.</summary>
internal interface IRequestSequence
{
    /// <summary>The next request as it goes over the wire. Valid until the next call.</summary>
    ReadOnlyMemory<byte> Next();

    /// <summary>Takes the whole response to it.</summary>
    void Take(ReadOnlySpan<byte> response);
}
