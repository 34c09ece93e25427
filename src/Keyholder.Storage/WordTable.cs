using System.Collections.Frozen;

namespace Keyholder.Storage;

/// <summary>The stable words that stand for an enum's values in rows, independent of the C# names.</summary>
internal sealed class WordTable<TEnum>
    where TEnum : struct, Enum
{
    private readonly FrozenDictionary<TEnum, string> _words;
    private readonly FrozenDictionary<string, TEnum> _values;

    public WordTable(params (TEnum Value, string Word)[] entries)
    {
        _words = entries.ToFrozenDictionary(entry => entry.Value, entry => entry.Word);
        _values = entries.ToFrozenDictionary(entry => entry.Word, entry => entry.Value);
    }

    public string Write(TEnum value) => _words[value];

    public TEnum Read(string word) =>
        _values.TryGetValue(word, out var value)
            ? value
            : throw new InvalidDataException($"The database holds '{word}', which is no {typeof(TEnum).Name}.");
}
