using System.Buffers;
using Keyholder.Mcp;

namespace Keyholder.Server.Gateway;

/// <summary>
/// Filters the messages of an event stream (WHATWG HTML, server-sent events) as they come. An event is held back until it is whole; its other fields pass as they are,
/// comments between events at once.
/// </summary>
internal sealed class EventFilter(ToolPolicy policy)
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _fields = new();
    private readonly ArrayBufferWriter<byte> _data = new();
    private bool _hasData;
    private bool _afterReturn;
    private bool _begun;

    /// <summary>Takes the next bytes and writes what may be seen of what they complete; false when the stream cannot be judged: then nothing more may be passed on.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (!bytes.IsEmpty)
        {
            if (_afterReturn && bytes[0] == (byte)'\n')
            {
                bytes = bytes[1..];
            }

            _afterReturn = false;
            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            _line.Write(end < 0 ? bytes : bytes[..end]);
            if (_line.WrittenCount + _fields.WrittenCount + _data.WrittenCount > ListAnswer.MaxBytes)
            {
                return false;
            }

            if (end < 0)
            {
                return true;
            }

            _afterReturn = bytes[end] == (byte)'\r';
            bytes = bytes[(end + 1)..];
            if (!TakeLine(output))
            {
                return false;
            }
        }

        return true;
    }

    private bool TakeLine(IBufferWriter<byte> output)
    {
        var line = _line.WrittenSpan;
        if (!_begun && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        _begun = true;
        var taken = true;
        if (line.IsEmpty)
        {
            taken = TryEnd(output);
        }
        else if (line[0] == (byte)':' && _fields.WrittenCount == 0 && !_hasData)
        {
            WriteLine(output, line);
        }
        else if (line.SequenceEqual("data"u8) || line.StartsWith("data:"u8))
        {
            if (_hasData)
            {
                _data.Write("\n"u8);
            }

            _hasData = true;
            var value = line.Length > 5 ? line[5..] : default;
            _data.Write(value.StartsWith(" "u8) ? value[1..] : value);
        }
        else
        {
            WriteLine(_fields, line);
        }

        _line.ResetWrittenCount();
        return taken;
    }

    private bool TryEnd(IBufferWriter<byte> output)
    {
        output.Write(_fields.WrittenSpan);
        if (_hasData && !TryWriteData(output))
        {
            return false;
        }

        output.Write("\n"u8);
        _fields.ResetWrittenCount();
        _data.ResetWrittenCount();
        _hasData = false;
        return true;
    }

    private bool TryWriteData(IBufferWriter<byte> output)
    {
        var filtered = new ArrayBufferWriter<byte>(Math.Max(1, _data.WrittenCount));
        if (_data.WrittenCount > 0 && !McpListFilter.TryFilter(_data.WrittenSpan, policy, filtered))
        {
            return false;
        }

        foreach (var line in filtered.WrittenSpan.Split((byte)'\n'))
        {
            output.Write("data: "u8);
            WriteLine(output, filtered.WrittenSpan[line]);
        }

        return true;
    }

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        output.Write(line);
        output.Write("\n"u8);
    }
}
