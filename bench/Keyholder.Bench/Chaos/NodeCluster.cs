using System.Text.Json.Nodes;
using Keyholder.Bench.Servers;
using Walkthrough.Servers;

namespace Keyholder.Bench.Chaos;

/// <summary>Some Keyholder processes on one database, each of which can be killed and started again.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly ServerProcess?[] _processes;
    private int _killed;

    private NodeCluster(IReadOnlyList<KeyholderNode> nodes) => (Nodes, _processes) = (nodes, new ServerProcess?[nodes.Count]);

    /// <summary>The nodes, up or not.</summary>
    public IReadOnlyList<KeyholderNode> Nodes { get; }

    /// <summary>How often one was killed.</summary>
    public int Killed => _killed;

    /// <summary>Writes the configurations; nothing is started.</summary>
    public static NodeCluster Configure(int count, string folder, JsonObject storage, Uri upstream, JsonObject revocation)
    {
        var first = KeyholderNode.Configure(folder, storage, upstream, revocation);
        return new NodeCluster([first, .. Enumerable.Range(1, count - 1).Select(_ => first.ConfigureAnother())]);
    }

    /// <summary>Starts a node as a supervisor does: again and again, because its database may be away.</summary>
    /// <exception cref="InvalidOperationException">It did not start in many attempts.</exception>
    public async Task StartAsync(int node)
    {
        const int Attempts = 20;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _processes[node] = await Nodes[node].StartAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                // It says why in its log; the next attempt may find a database.
            }
        }
    }

    /// <summary>Ends a node with SIGKILL.</summary>
    /// <exception cref="InvalidOperationException">It had ended by itself, which no fault excuses.</exception>
    public async Task KillAsync(int node)
    {
        EnsureRunning(node);
        await _processes[node]!.DisposeAsync();
        _processes[node] = null;
        Interlocked.Increment(ref _killed);
    }

    /// <summary>Fails when a node that nobody killed is gone.</summary>
    /// <exception cref="InvalidOperationException">One is; the message holds what it printed.</exception>
    public void EnsureRunning(int node)
    {
        if (_processes[node] is not { HasExited: false } process)
        {
            throw new InvalidOperationException($"Node {node} ended by itself: {_processes[node]?.Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }
    }
}
