using System.Text.Json;

namespace Keyholder.Mcp;

/// <summary>One parse of one body. Syntax errors are <see cref="JsonException"/>s of the reader; everything else is an outcome.</summary>
internal ref struct McpBodyParser(ReadOnlySpan<byte> body, Span<JsonMemberNames.Scope> scopes)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = McpMessageReader.MaxDepth };
    private Utf8JsonReader _json = new(body, Options);
    private JsonMemberNames _names = new(body, scopes);
    private McpMembers _members;

    public void Dispose() => _names.Dispose();

    public McpReadOutcome Parse(out McpBody body)
    {
        body = default;
        _json.Read();
        var outcome = _json.TokenType switch
        {
            JsonTokenType.StartObject => ParseSingle(out body),
            JsonTokenType.StartArray => ParseBatch(out body),
            _ => McpReadOutcome.InvalidMessage,
        };

        // The reader refuses trailing bytes only when it is asked for more.
        return outcome == McpReadOutcome.Read && _json.Read() ? McpReadOutcome.Malformed : outcome;
    }

    private McpReadOutcome ParseSingle(out McpBody body)
    {
        var outcome = ParseMessage(out var message);
        body = new McpBody { Message = message };
        return outcome;
    }

    private McpReadOutcome ParseBatch(out McpBody body)
    {
        body = default;
        var messages = new List<McpMessage>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                return McpReadOutcome.InvalidMessage;
            }

            if (messages.Count == McpMessageReader.MaxBatch)
            {
                return McpReadOutcome.BatchTooLarge;
            }

            var outcome = ParseMessage(out var message);
            if (outcome != McpReadOutcome.Read)
            {
                return outcome;
            }

            if (message.Method == McpMethods.Initialize)
            {
                return McpReadOutcome.InvalidMessage;
            }

            messages.Add(message);
        }

        if (messages.Count == 0)
        {
            return McpReadOutcome.InvalidMessage;
        }

        body = new McpBody { Message = messages[0], Batch = messages };
        return McpReadOutcome.Read;
    }

    private McpReadOutcome ParseMessage(out McpMessage message)
    {
        message = default;
        _members = default;
        _names.Enter();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var outcome = NextMember(out var name);
            if (outcome == McpReadOutcome.Read)
            {
                outcome = ParseEnvelopeMember(name);
            }

            if (outcome != McpReadOutcome.Read)
            {
                return outcome;
            }
        }

        _names.Leave();
        return _members.ToMessage(out message);
    }

    private McpReadOutcome ParseEnvelopeMember(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("jsonrpc"u8))
        {
            _members.IsJsonRpc2 = _json.TokenType == JsonTokenType.String && _json.ValueTextEquals("2.0"u8);
            return _members.IsJsonRpc2 ? McpReadOutcome.Read : McpReadOutcome.InvalidMessage;
        }

        if (name.SequenceEqual("method"u8))
        {
            return ReadString(out _members.Method) is McpReadOutcome.Read && _members.Method is { Length: > 0 }
                ? McpReadOutcome.Read
                : McpReadOutcome.InvalidMessage;
        }

        if (name.SequenceEqual("id"u8))
        {
            return ReadId();
        }

        if (name.SequenceEqual("params"u8))
        {
            _members.HasParams = true;
            return _json.TokenType == JsonTokenType.StartObject ? ParseParams() : McpReadOutcome.InvalidMessage;
        }

        if (name.SequenceEqual("result"u8))
        {
            _members.HasResult = true;
            return SkipValue();
        }

        if (name.SequenceEqual("error"u8))
        {
            _members.HasError = true;
            return SkipValue();
        }

        // A member JSON-RPC does not know, or one that only a sloppy parser takes for a known one.
        return McpReadOutcome.InvalidMessage;
    }

    private McpReadOutcome ParseParams()
    {
        _names.Enter();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var outcome = NextMember(out var name);
            if (outcome == McpReadOutcome.Read)
            {
                outcome = name switch
                {
                    _ when name.SequenceEqual("name"u8) => ReadString(out _members.Name),
                    _ when name.SequenceEqual("uri"u8) => ReadString(out _members.Uri),
                    _ when name.SequenceEqual("taskId"u8) => ReadString(out _members.TaskId),
                    _ when name.SequenceEqual("ref"u8) && _json.TokenType == JsonTokenType.StartObject => ParseReference(),
                    _ when name.SequenceEqual("notifications"u8) && _json.TokenType == JsonTokenType.StartObject => ParseNotifications(),
                    _ when name.SequenceEqual("_meta"u8) && _json.TokenType == JsonTokenType.StartObject => ParseMeta(),
                    _ when IsAlmostDecisive(name) => McpReadOutcome.AmbiguousMember,
                    _ => SkipValue(),
                };
            }

            if (outcome != McpReadOutcome.Read)
            {
                return outcome;
            }
        }

        _names.Leave();
        return McpReadOutcome.Read;
    }

    private static bool IsAlmostDecisive(ReadOnlySpan<byte> name) =>
        JsonText.EqualsIgnoringCase(name, "name"u8) || JsonText.EqualsIgnoringCase(name, "uri"u8)
        || JsonText.EqualsIgnoringCase(name, "taskId"u8)
        || IsMisspelled(name, "_meta"u8) || IsMisspelled(name, "ref"u8) || IsMisspelled(name, "notifications"u8);

    private static bool IsMisspelled(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) =>
        JsonText.EqualsIgnoringCase(name, expected) && !name.SequenceEqual(expected);

    private McpReadOutcome ParseReference()
    {
        string? type = null, target = null, uri = null;
        _names.Enter();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var outcome = NextMember(out var name);
            if (outcome == McpReadOutcome.Read)
            {
                outcome = name switch
                {
                    _ when name.SequenceEqual("type"u8) => ReadString(out type),
                    _ when name.SequenceEqual("name"u8) => ReadString(out target),
                    _ when name.SequenceEqual("uri"u8) => ReadString(out uri),
                    _ when JsonText.EqualsIgnoringCase(name, "type"u8) || JsonText.EqualsIgnoringCase(name, "name"u8) || JsonText.EqualsIgnoringCase(name, "uri"u8) =>
                        McpReadOutcome.AmbiguousMember,
                    _ => SkipValue(),
                };
            }

            if (outcome != McpReadOutcome.Read)
            {
                return outcome;
            }
        }

        _names.Leave();
        _members.Reference = new McpReference(type, target, uri);
        return McpReadOutcome.Read;
    }

    private McpReadOutcome ParseNotifications()
    {
        _names.Enter();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var outcome = NextMember(out var name);
            if (outcome == McpReadOutcome.Read)
            {
                outcome = name.SequenceEqual("resourceSubscriptions"u8) ? ReadSubscriptions()
                    : JsonText.EqualsIgnoringCase(name, "resourceSubscriptions"u8) ? McpReadOutcome.AmbiguousMember
                    : SkipValue();
            }

            if (outcome != McpReadOutcome.Read)
            {
                return outcome;
            }
        }

        _names.Leave();
        return McpReadOutcome.Read;
    }

    private McpReadOutcome ReadSubscriptions()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return McpReadOutcome.InvalidMessage;
        }

        var uris = new List<string>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.String)
            {
                return McpReadOutcome.InvalidMessage;
            }

            if (_json.ValueIsEscaped && JsonText.HasLoneSurrogate(_json.ValueSpan))
            {
                return McpReadOutcome.Malformed;
            }

            uris.Add(_json.GetString()!);
        }

        _members.ResourceSubscriptions = uris;
        return McpReadOutcome.Read;
    }

    private McpReadOutcome ParseMeta()
    {
        var key = "io.modelcontextprotocol/protocolVersion"u8;
        _names.Enter();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var outcome = NextMember(out var name);
            if (outcome == McpReadOutcome.Read)
            {
                outcome = name.SequenceEqual(key) ? ReadVersion()
                    : JsonText.EqualsIgnoringCase(name, key) ? McpReadOutcome.AmbiguousMember
                    : SkipValue();
            }

            if (outcome != McpReadOutcome.Read)
            {
                return outcome;
            }
        }

        _names.Leave();
        return McpReadOutcome.Read;
    }

    private McpReadOutcome ReadVersion()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            return McpReadOutcome.InvalidMessage;
        }

        if (_json.ValueTextEquals("2026-07-28"u8))
        {
            _members.ProtocolVersion = McpProtocolVersions.V20260728;
            return McpReadOutcome.Read;
        }

        return ReadString(out _members.ProtocolVersion);
    }

    /// <summary>From a property name to its value. The reader throws on comparing or reading a lone surrogate, so both are checked first.</summary>
    private McpReadOutcome NextMember(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_json.ValueIsEscaped && JsonText.HasLoneSurrogate(_json.ValueSpan))
        {
            return McpReadOutcome.Malformed;
        }

        if (!_names.TryAdd(ref _json, out name))
        {
            return McpReadOutcome.DuplicateMember;
        }

        _json.Read();
        return _json.TokenType == JsonTokenType.String && _json.ValueIsEscaped && JsonText.HasLoneSurrogate(_json.ValueSpan)
            ? McpReadOutcome.Malformed
            : McpReadOutcome.Read;
    }

    /// <summary>A string's text; any other value is walked over and gives null.</summary>
    private McpReadOutcome ReadString(out string? text)
    {
        text = null;
        if (_json.TokenType != JsonTokenType.String)
        {
            return SkipValue();
        }

        text = (_json.ValueIsEscaped ? null : McpMethods.Known(_json.ValueSpan)) ?? _json.GetString();
        return McpReadOutcome.Read;
    }

    private McpReadOutcome ReadId()
    {
        var start = (int)_json.TokenStartIndex;
        _members.IdIsNull = _json.TokenType == JsonTokenType.Null;
        _members.HasId = true;
        var integer = _json.TokenType == JsonTokenType.Number && !_json.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E');
        if (!integer && !_members.IdIsNull && _json.TokenType != JsonTokenType.String)
        {
            return McpReadOutcome.InvalidMessage;
        }

        _members.Id = start..(int)_json.BytesConsumed;
        return SkipValue();
    }

    /// <summary>Walks over the value the reader stands on, checking every name and string in it.</summary>
    private McpReadOutcome SkipValue()
    {
        var depth = 0;
        do
        {
            switch (_json.TokenType)
            {
                case JsonTokenType.StartObject:
                    _names.Enter();
                    depth++;
                    break;
                case JsonTokenType.StartArray:
                    depth++;
                    break;
                case JsonTokenType.EndObject:
                    _names.Leave();
                    depth--;
                    break;
                case JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.PropertyName or JsonTokenType.String when _json.ValueIsEscaped && JsonText.HasLoneSurrogate(_json.ValueSpan):
                    return McpReadOutcome.Malformed;
                case JsonTokenType.PropertyName when !_names.TryAdd(ref _json, out _):
                    return McpReadOutcome.DuplicateMember;
            }
        }
        while (depth > 0 && _json.Read());
        return McpReadOutcome.Read;
    }
}
