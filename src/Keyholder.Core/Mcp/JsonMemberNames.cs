using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Keyholder.Mcp;

/// <summary>
/// The member names of every open object of a JSON text, to find a repeated one however it is escaped. Small objects are compared
/// name by name; large ones through a table with a keyed hash, so that no body costs more than time linear in its length.
/// </summary>
internal ref struct JsonMemberNames(ReadOnlySpan<byte> body, Span<JsonMemberNames.Scope> scopes)
{
    private const int CompareAtMost = 16;
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Span<Scope> _scopes = scopes;
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(64);
    private byte[] _unescaped = [];
    private Slot[] _table = [];
    private int _entryCount;
    private int _unescapedLength;
    private int _tableCount;
    private int _depth = -1;
    private int _objects;

    /// <summary>An object begins.</summary>
    public void Enter() => _scopes[++_depth] = new Scope(_entryCount, _unescapedLength, ++_objects, Indexed: false);

    /// <summary>The innermost object ends.</summary>
    public void Leave()
    {
        var scope = _scopes[_depth--];
        _entryCount = scope.FirstEntry;
        _unescapedLength = scope.FirstUnescaped;
    }

    /// <summary>Adds the property name <paramref name="json"/> stands on; false when the innermost object already has it.</summary>
    public bool TryAdd(scoped ref Utf8JsonReader json, out ReadOnlySpan<byte> name)
    {
        var entry = json.ValueIsEscaped ? Unescape(ref json) : new Entry((int)json.TokenStartIndex + 1, json.ValueSpan.Length, InBody: true);
        name = Text(entry);
        ref var scope = ref _scopes[_depth];
        if (_entryCount - scope.FirstEntry < CompareAtMost)
        {
            for (var i = scope.FirstEntry; i < _entryCount; i++)
            {
                if (name.SequenceEqual(Text(_entries[i])))
                {
                    return false;
                }
            }

            Push(entry);
            return true;
        }

        if (!scope.Indexed)
        {
            scope = scope with { Indexed = true };
            for (var i = scope.FirstEntry; i < _entryCount; i++)
            {
                Insert(scope.Id, i);
            }
        }

        Push(entry);
        return Insert(scope.Id, _entryCount - 1);
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        ArrayPool<Entry>.Shared.Return(_entries);
        if (_unescaped.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_unescaped);
        }
    }

    private readonly ReadOnlySpan<byte> Text(Entry entry) =>
        entry.InBody ? _body.Slice(entry.Start, entry.Length) : _unescaped.AsSpan(entry.Start, entry.Length);

    private Entry Unescape(scoped ref Utf8JsonReader json)
    {
        Ensure(ref _unescaped, _unescapedLength, _unescapedLength + json.ValueSpan.Length);
        var length = json.CopyString(_unescaped.AsSpan(_unescapedLength));
        var entry = new Entry(_unescapedLength, length, InBody: false);
        _unescapedLength += length;
        return entry;
    }

    private void Push(Entry entry)
    {
        Ensure(ref _entries, _entryCount, _entryCount + 1);
        _entries[_entryCount++] = entry;
    }

    private bool Insert(int scope, int entry)
    {
        if (_tableCount * 2 >= _table.Length)
        {
            Grow();
        }

        var name = Text(_entries[entry]);
        var hash = Hash(name, scope);
        var mask = _table.Length - 1;
        for (var i = hash & mask; ; i = (i + 1) & mask)
        {
            ref var slot = ref _table[i];
            if (slot.Scope == 0)
            {
                slot = new Slot(scope, entry, hash);
                _tableCount++;
                return true;
            }

            if (slot.Scope == scope && slot.Hash == hash && name.SequenceEqual(Text(_entries[slot.Entry])))
            {
                return false;
            }
        }
    }

    private void Grow()
    {
        var old = _table;
        _table = new Slot[Math.Max(256, old.Length * 2)];
        var mask = _table.Length - 1;
        foreach (var slot in old)
        {
            if (slot.Scope == 0)
            {
                continue;
            }

            var i = slot.Hash & mask;
            while (_table[i].Scope != 0)
            {
                i = (i + 1) & mask;
            }

            _table[i] = slot;
        }
    }

    // string.GetHashCode is keyed per process, so a client cannot choose names that collide.
    private static int Hash(ReadOnlySpan<byte> name, int scope)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(name));
        if ((name.Length & 1) != 0)
        {
            hash = (hash * 31) + name[^1] + 1;
        }

        return (hash ^ (scope * -1640531527)) & int.MaxValue;
    }

    private static void Ensure<T>(ref T[] buffer, int used, int needed)
    {
        if (needed <= buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<T>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        if (buffer.Length > 0)
        {
            ArrayPool<T>.Shared.Return(buffer);
        }

        buffer = larger;
    }

    internal readonly record struct Scope(int FirstEntry, int FirstUnescaped, int Id, bool Indexed);

    private readonly record struct Entry(int Start, int Length, bool InBody);

    private readonly record struct Slot(int Scope, int Entry, int Hash);
}
