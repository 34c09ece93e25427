using System.Buffers;
using Keyholder.Mcp;

namespace Keyholder.Server.Gateway;

/// <summary>An upstream's answer that holds a list, received whole so that it can be filtered.</summary>
internal static class ListAnswer
{
    /// <summary>The largest answer, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int FirstBuffer = 64 * 1024;

    /// <summary>What of the answer the client may see; null when it is too large, has a content coding or is no JSON, and then it sees nothing of it.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpResponseMessage upstream, ToolPolicy policy, CancellationToken cancellationToken)
    {
        if (upstream.Content.Headers.NonValidated.Contains("Content-Encoding"))
        {
            return null;
        }

        var received = new ArrayBufferWriter<byte>(FirstBuffer);
        await using var stream = await upstream.Content.ReadAsStreamAsync(cancellationToken);
        int read;
        while ((read = await stream.ReadAsync(received.GetMemory(FirstBuffer), cancellationToken)) > 0)
        {
            received.Advance(read);
            if (received.WrittenCount > MaxBytes)
            {
                return null;
            }
        }

        if (received.WrittenCount == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var filtered = new ArrayBufferWriter<byte>(received.WrittenCount);
        if (!McpListFilter.TryFilter(received.WrittenSpan, policy, filtered))
        {
            return null;
        }

        return filtered.WrittenMemory;
    }
}
