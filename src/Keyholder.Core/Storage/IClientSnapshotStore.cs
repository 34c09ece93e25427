namespace Keyholder.Storage;

/// <summary>Client-id metadata documents as they were when a session was last opened for them.</summary>
public interface IClientSnapshotStore
{
    /// <summary>Stores a document, in place of the one that was kept before.</summary>
    /// <param name="clientId">The document's URL.</param>
    /// <param name="document">The document as JSON.</param>
    /// <param name="now">When it was taken.</param>
    /// <param name="cancellationToken">Gives the write up.</param>
    Task PutAsync(string clientId, string document, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The document that was kept, or null.</summary>
    Task<string?> FindAsync(string clientId, CancellationToken cancellationToken);
}
