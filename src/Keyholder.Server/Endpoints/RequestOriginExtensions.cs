using Keyholder.Audit;

namespace Keyholder.Server.Endpoints;

/// <summary>Where a request comes from, for the audit trail.</summary>
internal static class RequestOriginExtensions
{
    public static RequestOrigin Origin(this HttpContext http) => new(http.Connection.RemoteIpAddress?.ToString(), http.TraceIdentifier);
}
