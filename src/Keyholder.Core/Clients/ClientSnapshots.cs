using System.Text;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Clients;

/// <summary>
/// Metadata documents as they were when a session was last opened for them, so that a session outlives an outage of its client's web site. They serve what ends in a session that
/// exists already; a new authorization always needs the document itself.
/// </summary>
public sealed partial class ClientSnapshots(IClientSnapshotStore store, ClientMetadataDocuments documents, TimeProvider time, ILogger<ClientSnapshots> logger)
{
    /// <summary>Keeps a client whose document was fetched, before the session that needs it is stored; nothing for any other client.</summary>
    public async Task KeepAsync(Client client, CancellationToken cancellationToken)
    {
        if (client.Source == ClientSource.MetadataDocument && documents.Accepts(client.Id))
        {
            var document = Encoding.UTF8.GetString(ClientInformation.Write(new RegisteredClient(client, secret: null)));
            await store.PutAsync(client.Id, document, time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>The client as its document says now, else as it was kept; null when it has neither, or is not accepted here any more. A client for which no session was ever opened is not fetched.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        if (documents.FindFetched(clientId) is { } fetched)
        {
            return fetched;
        }

        if (await store.FindAsync(clientId, cancellationToken) is not { } kept)
        {
            return null;
        }

        if (await documents.FindAsync(clientId, cancellationToken) is { } current)
        {
            return current;
        }

        LogRecalled(clientId);
        return documents.Recall(Encoding.UTF8.GetBytes(kept), clientId);
    }

    [LoggerMessage(1004, LogLevel.Information, "Client {ClientId} is taken as it was when it was last authorized")]
    private partial void LogRecalled(string clientId);
}
