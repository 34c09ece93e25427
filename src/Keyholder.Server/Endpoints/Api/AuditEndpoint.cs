using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>The audit trail, page by page.</summary>
internal static class AuditEndpoint
{
    /// <summary>A page. Its cursor is the id of the last event of the page before.</summary>
    public static async Task<IResult> ListAsync(HttpContext http, IAuditTrail trail)
    {
        var parameters = new ApiQuery(http.Request, "limit", "cursor", "action", "actor", "target");
        var limit = parameters.ReadLimit();
        var before = parameters.ReadSequence("cursor");
        if (parameters.Error is { } error)
        {
            return new ApiErrorResult(error);
        }

        var query = new AuditQuery { Action = parameters["action"], Actor = parameters["actor"], Target = parameters["target"], Before = before, Limit = limit + 1 };
        var found = await trail.ListAsync(query, http.RequestAborted);
        var events = found.Take(limit).Select(AuditDocument.Of).ToList();
        return Results.Json(new AuditPage(events, found.Count > limit ? events[^1].Id : null), ApiJson.Default.AuditPage);
    }
}
