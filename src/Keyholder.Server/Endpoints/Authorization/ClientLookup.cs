using Keyholder.Clients;
using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Finds the client an authorization request names. A metadata document is fetched for it, for so many requests of one address.</summary>
internal sealed class ClientLookup(IClientDirectory clients, ClientMetadataDocuments documents, DocumentFetchRateLimit rateLimit)
{
    /// <summary>The client, or the page that says why there is none.</summary>
    public async Task<(Client? Client, PageError? Problem)> FindAsync(HttpContext http, string? clientId)
    {
        if (clientId is null)
        {
            return (null, PageErrors.ClientUnknown);
        }

        var isDocument = documents.Accepts(clientId);
        if (isDocument && !documents.IsKnown(clientId) && rateLimit.Admit(http.Connection.RemoteIpAddress) is { } wait)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
            return (null, PageErrors.TooManyClientDocuments);
        }

        var client = await clients.FindAsync(clientId, http.RequestAborted);
        return client is not null ? (client, null) : (null, isDocument ? PageErrors.ClientDocumentUnusable : PageErrors.ClientUnknown);
    }
}
