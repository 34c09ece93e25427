using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Keyholder.Vault;

/// <summary>Builds the additional data of an envelope from fields. Every field is preceded by its length, so that no two different lists of fields give the same bytes.</summary>
internal sealed class EnvelopeContext
{
    private const int Absent = -1;
    private readonly ArrayBufferWriter<byte> _bytes = new(128);

    /// <summary>Begins with what the secret is, a constant of the caller.</summary>
    public EnvelopeContext(string purpose) => Add(purpose);

    public EnvelopeContext Add(string? text)
    {
        if (text is null)
        {
            AddLength(Absent);
            return this;
        }

        AddLength(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
        return this;
    }

    public EnvelopeContext Add(ReadOnlySpan<byte> bytes)
    {
        AddLength(bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    public EnvelopeContext Add(long number)
    {
        AddLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), number);
        _bytes.Advance(sizeof(long));
        return this;
    }

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    private void AddLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }
}
