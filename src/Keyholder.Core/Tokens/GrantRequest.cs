using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.OAuth;

namespace Keyholder.Tokens;

/// <summary>A token request whose client is authenticated and may use the grant.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="Parameters">The form.</param>
/// <param name="Resource">The canonical URI of the resource the request names (RFC 8707); null when it names none.</param>
/// <param name="Origin">For the audit trail.</param>
public sealed record GrantRequest(Client Client, OAuthParameters Parameters, string? Resource, RequestOrigin Origin);
