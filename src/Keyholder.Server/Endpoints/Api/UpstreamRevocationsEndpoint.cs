using Keyholder.Storage;
using Keyholder.Upstream.Revocation;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>What becomes of credentials that left the vault, page by page.</summary>
internal static class UpstreamRevocationsEndpoint
{
    public static async Task<IResult> ListAsync(HttpContext http, IUpstreamRevocationStore store)
    {
        var parameters = new ApiQuery(http.Request, "status", "limit", "cursor");
        var limit = parameters.ReadLimit();
        var query = new UpstreamRevocationQuery
        {
            Status = parameters.Read("status", CredentialWords.ParseRevocationStatus, CredentialWords.RevocationStatusProblem),
            After = parameters.ReadPosition("cursor"),
            Limit = limit + 1,
        };
        return parameters.Error is { } error
            ? new ApiErrorResult(error)
            : Results.Json(UpstreamRevocationPage.Of(await store.ListAsync(query, http.RequestAborted), limit), ApiJson.Default.UpstreamRevocationPage);
    }
}
