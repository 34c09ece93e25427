namespace Keyholder.Audit;

/// <summary>Where a request came from, for the audit trail.</summary>
/// <param name="RemoteAddress">The caller's address, as far as the trusted proxies vouch for it.</param>
/// <param name="RequestId">The id under which the log has more.</param>
public sealed record RequestOrigin(string? RemoteAddress, string? RequestId);
