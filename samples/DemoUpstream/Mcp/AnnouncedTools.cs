using ModelContextProtocol.Server;

namespace DemoUpstream.Mcp;

/// <summary>A tool collection that can say it changed, so that open streams have something to carry.</summary>
internal sealed class AnnouncedTools : McpServerPrimitiveCollection<McpServerTool>
{
    public AnnouncedTools(IEnumerable<McpServerTool> tools)
    {
        foreach (var tool in tools) Add(tool);
    }

    public void Announce() => RaiseChanged();
}
