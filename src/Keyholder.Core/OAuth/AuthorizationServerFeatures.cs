namespace Keyholder.OAuth;

/// <summary>What of the authorization server can be switched on and off.</summary>
/// <param name="Registration">Whether the registration endpoint is mounted.</param>
/// <param name="MetadataDocuments">Whether client-id metadata documents are accepted.</param>
/// <param name="RequirePushedRequests">Whether every authorization request has to be pushed first.</param>
public sealed record AuthorizationServerFeatures(bool Registration, bool MetadataDocuments, bool RequirePushedRequests);
