using System.Buffers;

namespace Keyholder.Server.Gateway;

/// <summary>The bytes of one request body in a pooled buffer: parsed once, and exactly these are sent, also on a retry.</summary>
internal sealed class RequestBody(byte[] buffer, int length) : IDisposable
{
    private readonly Lock _gate = new();
    private int _senders;
    private bool _disposed;

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>A body with these bytes, in a buffer of its own.</summary>
    public static RequestBody Of(ReadOnlySpan<byte> bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        return new RequestBody(buffer, bytes.Length);
    }

    /// <summary>Someone begins to send <see cref="Bytes"/>; false when it is too late.</summary>
    public bool TryBeginSending()
    {
        lock (_gate)
        {
            _senders += _disposed ? 0 : 1;
            return !_disposed;
        }
    }

    /// <summary>Someone stopped sending.</summary>
    public void EndSending()
    {
        lock (_gate)
        {
            _senders--;
        }
    }

    /// <summary>Gives the buffer back, unless a connection still sends from it (an upstream may answer before it has read everything): then the garbage collector takes it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_senders > 0)
            {
                return;
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }
}
