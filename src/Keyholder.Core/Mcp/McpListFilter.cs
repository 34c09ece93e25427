using System.Buffers;
using System.Text.Json;

namespace Keyholder.Mcp;

/// <summary>
/// Takes out of an MCP server's answer what a policy does not allow: entries of the lists of tools, prompts, resources and resource templates. Everything else stays byte for
/// byte, but <c>cacheScope</c>, which says <c>private</c> afterwards, because what is left is one principal's. What cannot be judged goes: an entry without exactly one name.
/// </summary>
public static class McpListFilter
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>Filters one message or a batch; false when it is not one JSON object or array of objects, and then nothing of it may be passed on.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="policy">What is allowed.</param>
    /// <param name="output">Gets the filtered text; what was written to it counts for nothing when the answer is false.</param>
    public static bool TryFilter(ReadOnlySpan<byte> json, ToolPolicy policy, IBufferWriter<byte> output)
    {
        try
        {
            var pass = new Pass(json, policy, output);
            return pass.Run();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private ref struct Pass(ReadOnlySpan<byte> json, ToolPolicy policy, IBufferWriter<byte> output)
    {
        private readonly ReadOnlySpan<byte> _json = json;
        private Utf8JsonReader _reader = new(json, Options);
        private int _copied;

        public bool Run()
        {
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.StartObject)
            {
                FilterMessage();
            }
            else if (_reader.TokenType == JsonTokenType.StartArray)
            {
                while (_reader.Read() && _reader.TokenType == JsonTokenType.StartObject)
                {
                    FilterMessage();
                }

                if (_reader.TokenType != JsonTokenType.EndArray)
                {
                    return false;
                }
            }
            else
            {
                return false;
            }

            // Throws for anything but white space after the text.
            _reader.Read();
            CopyUpTo(_json.Length);
            return true;
        }

        private void FilterMessage()
        {
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var isResult = IsNamed("result"u8);
                _reader.Read();
                if (isResult && _reader.TokenType == JsonTokenType.StartObject)
                {
                    FilterResult();
                }
                else
                {
                    _reader.Skip();
                }
            }
        }

        private void FilterResult()
        {
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var kind = ListKind();
                var isCacheScope = IsNamed("cacheScope"u8);
                _reader.Read();
                if (kind is { } list && _reader.TokenType == JsonTokenType.StartArray)
                {
                    FilterList(list.Kind, list.IsTemplate);
                }
                else if (isCacheScope)
                {
                    CopyUpTo((int)_reader.TokenStartIndex);
                    _reader.Skip();
                    output.Write("\"private\""u8);
                    _copied = (int)_reader.BytesConsumed;
                }
                else
                {
                    _reader.Skip();
                }
            }
        }

        private (McpCapabilityKind Kind, bool IsTemplate)? ListKind() =>
            IsNamed("tools"u8) ? (McpCapabilityKind.Tool, false)
            : IsNamed("prompts"u8) ? (McpCapabilityKind.Prompt, false)
            : IsNamed("resources"u8) ? (McpCapabilityKind.Resource, false)
            : IsNamed("resourceTemplates"u8) ? (McpCapabilityKind.Resource, true)
            : null;

        private void FilterList(McpCapabilityKind kind, bool isTemplate)
        {
            CopyUpTo((int)_reader.BytesConsumed);
            var any = false;
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)_reader.TokenStartIndex;
                var allowed = ReadName(kind, isTemplate) is { } name && policy.Allows(kind, name);
                _copied = (int)_reader.BytesConsumed;
                if (allowed)
                {
                    if (any)
                    {
                        output.Write(","u8);
                    }

                    output.Write(_json[start.._copied]);
                    any = true;
                }
            }

            _copied = (int)_reader.TokenStartIndex;
        }

        /// <summary>Walks over an entry; its name when it has exactly one, however its member is spelled.</summary>
        private string? ReadName(McpCapabilityKind kind, bool isTemplate)
        {
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                _reader.Skip();
                return null;
            }

            var member = isTemplate ? "uriTemplate"u8 : kind == McpCapabilityKind.Resource ? "uri"u8 : "name"u8;
            string? name = null;
            var names = 0;
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var isName = IsNamed(member);
                _reader.Read();
                if (isName)
                {
                    names++;
                    name = _reader.TokenType == JsonTokenType.String ? _reader.GetString() : null;
                }

                _reader.Skip();
            }

            return names == 1 ? name : null;
        }

        // As a parser that ignores case would read it. Escaped names are looked at unescaped.
        private readonly bool IsNamed(ReadOnlySpan<byte> expected)
        {
            if (!_reader.ValueIsEscaped)
            {
                return JsonText.EqualsIgnoringCase(_reader.ValueSpan, expected);
            }

            return JsonText.EqualsIgnoringCase(System.Text.Encoding.UTF8.GetBytes(_reader.GetString()!), expected);
        }

        private void CopyUpTo(int position)
        {
            output.Write(_json[_copied..position]);
            _copied = position;
        }
    }
}
