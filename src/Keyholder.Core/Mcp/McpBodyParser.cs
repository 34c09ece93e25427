using System.Text.Json;

namespace Keyholder.Mcp;

/// <summary>One parse of one body. Syntax errors are <see cref="JsonException"/>s of the reader; everything else is an outcome.</summary>
internal ref struct McpBodyParser(ReadOnlySpan<byte> body, Span<JsonMemberNames.Scope> scopes)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = McpMessageReader.MaxDepth };
    private Utf8JsonReader _json = new(body, Options);
    private JsonMemberNames _names = new(body, scopes);
    private Members _members;

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
        || (JsonText.EqualsIgnoringCase(name, "_meta"u8) && !name.SequenceEqual("_meta"u8));

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

    /// <summary>What was seen of one message, in whatever order its members came.</summary>
    private struct Members
    {
        public string? Method;
        public string? Name;
        public string? Uri;
        public string? TaskId;
        public string? ProtocolVersion;
        public Range Id;
        public bool HasId;
        public bool IdIsNull;
        public bool HasParams;
        public bool HasResult;
        public bool HasError;
        public bool IsJsonRpc2;

        public readonly McpReadOutcome ToMessage(out McpMessage message)
        {
            message = default;
            if (!IsJsonRpc2)
            {
                return McpReadOutcome.InvalidMessage;
            }

            if (Method is null)
            {
                // A response: exactly one of result and error; the id is null only when the peer could not read the request.
                var isResponse = HasResult != HasError && HasId && !HasParams && (HasError || !IdIsNull);
                message = new McpMessage { Kind = McpMessageKind.Response, Id = Id };
                return isResponse ? McpReadOutcome.Read : McpReadOutcome.InvalidMessage;
            }

            if (HasResult || HasError || IdIsNull)
            {
                return McpReadOutcome.InvalidMessage;
            }

            var nameMember = McpMethods.NameMember(Method);
            var name = nameMember switch
            {
                "name" => Name,
                "uri" => Uri,
                "taskId" => TaskId,
                _ => null,
            };
            message = new McpMessage
            {
                Kind = HasId ? McpMessageKind.Request : McpMessageKind.Notification,
                Method = Method,
                Name = name,
                ProtocolVersion = ProtocolVersion,
                Id = Id,
            };
            return nameMember is not null && name is null ? McpReadOutcome.MissingName : McpReadOutcome.Read;
        }
    }
}
