using Keyholder.Mcp;

namespace Keyholder.Server.Gateway;

/// <summary>Which requests of a POST wait for an answer, and so what shape an answer of the gateway's own has: one object, or for a batch one object per request in an array.</summary>
/// <param name="Single">The raw JSON of the one request's id; empty when nobody waits for an answer, and for a batch.</param>
/// <param name="Batch">The raw JSON of the id of every request of a batch, in order, at least one; null when the body is no batch, or none of requests.</param>
internal readonly record struct AwaitedIds(ReadOnlyMemory<byte> Single, IReadOnlyList<ReadOnlyMemory<byte>>? Batch)
{
    /// <summary>Whether anybody waits for an answer. Notifications and responses are never answered.</summary>
    public bool Any => Batch is not null || !Single.IsEmpty;

    /// <summary>The ids of what a body holds; none of a body that was not understood.</summary>
    public static AwaitedIds Of(in McpBody body, ReadOnlyMemory<byte> bytes)
    {
        if (body.Batch is { } batch)
        {
            var ids = new List<ReadOnlyMemory<byte>>(batch.Count);
            foreach (var message in batch)
            {
                if (message.Kind == McpMessageKind.Request)
                {
                    ids.Add(bytes[message.Id]);
                }
            }

            return new AwaitedIds(default, ids.Count > 0 ? ids : null);
        }

        return body.Message.Kind == McpMessageKind.Request ? new AwaitedIds(bytes[body.Message.Id], null) : default;
    }
}
