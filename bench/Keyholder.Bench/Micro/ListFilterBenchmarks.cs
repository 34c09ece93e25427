using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Keyholder.Mcp;

namespace Keyholder.Bench.Micro;

/// <summary>Filtering a list of 500 tools for a key that is granted every other one.</summary>
[MemoryDiagnoser]
public class ListFilterBenchmarks
{
    private const int Tools = 500;

    private readonly ArrayBufferWriter<byte> _output = new(1024 * 1024);
    private byte[] _list = null!;
    private ToolPolicy _policy = null!;

    [GlobalSetup]
    public void Setup()
    {
        _list = JsonSerializer.SerializeToUtf8Bytes(new
        {
            jsonrpc = "2.0",
            id = 1,
            result = new
            {
                tools = Enumerable.Range(0, Tools).Select(i => new
                {
                    name = "tool_" + i,
                    description = new string('d', 200),
                    inputSchema = new { type = "object", properties = new { query = new { type = "string", description = "What to look for" } }, required = new[] { "query" } },
                }),
            },
        });
        _policy = ToolPolicy.Everything.Narrow(new McpCapabilityList([.. Enumerable.Range(0, Tools / 2).Select(i => "tool_" + (i * 2))]));
    }

    [Benchmark]
    public int Half_of_500_tools()
    {
        _output.ResetWrittenCount();
        return McpListFilter.TryFilter(_list, _policy, _output) ? _output.WrittenCount : throw new InvalidOperationException("The list was refused.");
    }
}
