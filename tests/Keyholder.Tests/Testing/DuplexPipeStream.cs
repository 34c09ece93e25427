using System.IO.Pipelines;

namespace Keyholder.Tests.Testing;

/// <summary>The client's end of a pipe connection. Once <paramref name="aborted"/>, it fails as a reset socket does; <paramref name="closed"/> learns that the client is gone.</summary>
internal sealed class DuplexPipeStream(PipeReader input, PipeWriter output, Action closed, CancellationToken aborted) : Stream
{
    private readonly Stream _input = input.AsStream();
    private readonly Stream _output = output.AsStream();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => _output.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => UnlessAbortedAsync(async stop =>
    {
        await _output.FlushAsync(stop);
        return 0;
    }, cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        UnlessAbortedAsync(stop => _input.ReadAsync(buffer, stop), cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer, offset, count);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await UnlessAbortedAsync(async stop =>
        {
            await _output.WriteAsync(buffer, stop);
            return 0;
        }, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> UnlessAbortedAsync(Func<CancellationToken, ValueTask<int>> operation, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, aborted);
        try
        {
            return await operation(stop.Token);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection was reset.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Complete();
            output.Complete();
            closed();
        }

        base.Dispose(disposing);
    }
}
