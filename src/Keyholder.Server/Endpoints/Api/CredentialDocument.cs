using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A credential as the API shows it: never a secret.</summary>
/// <param name="Id">By which it is read and deleted.</param>
/// <param name="Provider">The provider's logical name.</param>
/// <param name="ProviderName">What people call it; null when it is not configured any more.</param>
/// <param name="Kind"><c>oauth</c> or <c>headers</c>.</param>
/// <param name="OwnerKind"><c>user</c>, <c>vk</c>, <c>session</c> or <c>shared</c>.</param>
/// <param name="Owner">The owner's text form.</param>
/// <param name="OwnerName">What the user or virtual key is called.</param>
/// <param name="Account">The account at the provider, when known.</param>
/// <param name="HeaderNames">The names in a header set; null for other kinds, and when it cannot be opened.</param>
/// <param name="Status"><c>active</c>, <c>orphaned</c>, <c>needs_reauth</c> or <c>needs_update</c>.</param>
/// <param name="Reason">Why it is not active: a stable word.</param>
/// <param name="Since">Since when it is not.</param>
/// <param name="NextAction">What would repair it, see <see cref="CredentialWords.NextAction"/>.</param>
/// <param name="RefusedBy">The resources whose upstreams refuse it; others go on using it.</param>
/// <param name="ScopesWantedBy">The resources whose upstreams want more than it was granted, and nobody has connected it since.</param>
/// <param name="CanReauth">Whether the caller is the one who can connect it again.</param>
/// <param name="Connecting">Whether somebody is on the way to.</param>
/// <param name="ExpiresAt">When the access token expires; null = it does not. A credential with a refresh token outlives it.</param>
/// <param name="CreatedAt">The first time it was stored.</param>
/// <param name="UpdatedAt">The latest time it changed.</param>
internal sealed record CredentialDocument(
    string Id,
    string Provider,
    string? ProviderName,
    string Kind,
    string OwnerKind,
    string Owner,
    string? OwnerName,
    string? Account,
    IReadOnlyList<string>? HeaderNames,
    string Status,
    string? Reason,
    DateTimeOffset? Since,
    string? NextAction,
    IReadOnlyList<CredentialRefusalDocument> RefusedBy,
    IReadOnlyList<ScopeDemandDocument> ScopesWantedBy,
    bool CanReauth,
    bool Connecting,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The document of a credential.</summary>
    /// <param name="listing">The credential.</param>
    /// <param name="provider">Its provider, if it is configured.</param>
    /// <param name="mayConnect">Whether the caller is the user it is bound to, or may connect it for everybody or for its key.</param>
    /// <param name="headerNames">The names in a header set.</param>
    public static CredentialDocument Of(CredentialListing listing, Provider? provider, bool mayConnect, IReadOnlyList<string>? headerNames)
    {
        var row = listing.Credential;
        var wanted = row.ScopeDemands.Where(demand => demand.ConnectedAt is null).OrderBy(demand => demand.Resource, StringComparer.Ordinal).Select(ScopeDemandDocument.Of).ToList();
        var active = row.Status == CredentialStatus.Active;
        return new(
            Base64UrlText.Encode(row.RowId),
            row.Key.Provider,
            provider?.DisplayName,
            CredentialWords.Kind(row.Kind),
            row.Key.Owner.KindName,
            row.Key.Owner.ToString(),
            listing.OwnerName,
            row.ProviderSubject,
            headerNames,
            CredentialWords.Status(row.Status),
            active ? null : row.StatusReason,
            active ? null : row.UpdatedAt,
            CredentialWords.NextAction(row.Status, row.Refusals.Count + wanted.Count > 0, provider is not null),
            [.. row.Refusals.OrderBy(refusal => refusal.Resource, StringComparer.Ordinal).Select(CredentialRefusalDocument.Of)],
            wanted,
            mayConnect && provider is not null && row.Status != CredentialStatus.Orphaned,
            listing.Connecting,
            row.ExpiresAt,
            row.CreatedAt,
            row.UpdatedAt);
    }
}
