using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Upstream credentials: a user sees and deletes their own, an administrator all. What a caller may not see does not exist for them; secrets do for nobody.</summary>
internal sealed class CredentialsEndpoints(ICredentialDirectory directory, CredentialVault vault, IResourceSource resources, TimeProvider time)
{
    private const int IdSize = 16;

    /// <summary>A page of credentials.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var caller = ApiCaller.Of(http);
        var parameters = new ApiQuery(http.Request, "q", "status", "kind", "owner_kind", "user_id", "virtual_key_id", "session_id", "provider", "resource", "limit", "cursor");
        var limit = parameters.ReadLimit();
        var query = Query(parameters, limit + 1);
        if (parameters.Error is { } error)
        {
            return new ApiErrorResult(error);
        }

        var found = await directory.ListAsync(query with { VisibleToUser = caller.IsAdministrator ? null : caller.Subject!.Id }, time.GetUtcNow(), http.RequestAborted);
        var page = new CredentialPage([.. found.Take(limit).Select(listing => Document(listing, caller))], found.Count > limit ? found[limit - 1].Position.ToString() : null);
        return Results.Json(page, ApiJson.Default.CredentialPage);
    }

    /// <summary>One credential.</summary>
    public async Task<IResult> GetAsync(HttpContext http, string id) =>
        await FindAsync(http, id) is { } listing
            ? Results.Json(Document(listing, ApiCaller.Of(http)), ApiJson.Default.CredentialDocument)
            : new ApiErrorResult(ApiErrors.CredentialUnknown);

    /// <summary>Deletes one credential. Its tokens are revoked at the provider afterwards.</summary>
    public async Task<IResult> DeleteAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is not { Credential: var row }
            || !await CredentialRemoval.DeleteAsync(directory, row, ApiCaller.Of(http).Actor, http.Origin(), time.GetUtcNow()))
        {
            return new ApiErrorResult(ApiErrors.CredentialUnknown);
        }

        vault.Forget(row.Key);
        return Results.NoContent();
    }

    private CredentialQuery Query(ApiQuery parameters, int limit)
    {
        var snapshot = resources.Current;
        var text = parameters["q"];
        if (text?.Length > CredentialQuery.MaxTextLength)
        {
            parameters.Refuse("q", $"is longer than {CredentialQuery.MaxTextLength} characters.");
        }

        return new CredentialQuery
        {
            Text = text,
            MatchingProviders = text is null ? [] : [.. snapshot.Providers.Where(p => p.DisplayName.Contains(text, StringComparison.OrdinalIgnoreCase)).Select(p => p.Name)],
            Status = parameters.Read("status", CredentialWords.ParseStatus, CredentialWords.StatusProblem),
            Kind = parameters.Read("kind", CredentialWords.ParseKind, CredentialWords.KindProblem),
            OwnerKind = parameters.Read("owner_kind", CredentialWords.ParseOwnerKind, CredentialWords.OwnerKindProblem),
            Owner = Owner(parameters),
            Providers = Providers(parameters, snapshot),
            After = parameters.ReadPosition("cursor"),
            Limit = limit,
        };
    }

    private static CredentialOwner? Owner(ApiQuery parameters)
    {
        CredentialOwner? owner = null;
        foreach (var (name, kind) in new[] { ("user_id", CredentialOwnerKind.User), ("virtual_key_id", CredentialOwnerKind.VirtualKey), ("session_id", CredentialOwnerKind.Session) })
        {
            if (parameters[name] is { } id)
            {
                if (owner is not null)
                {
                    parameters.Refuse(name, "cannot be combined with another owner: a credential has one.");
                }

                owner = new CredentialOwner(kind, id);
            }
        }

        return owner;
    }

    // A resource stands for the providers it uses; with a provider named too, for that one if it uses it.
    private static IReadOnlyList<string>? Providers(ApiQuery parameters, ResourceSnapshot snapshot)
    {
        var provider = parameters["provider"];
        if (parameters["resource"] is not { } name)
        {
            return provider is null ? null : [provider];
        }

        if ((snapshot.FindByName(name) ?? snapshot.FindByUri(name)) is not { } resource)
        {
            parameters.Refuse("resource", "no resource of that name or URI is configured.");
            return [];
        }

        return [.. resource.Providers.Select(used => used.Provider.Name).Where(used => provider is null || used == provider)];
    }

    private async Task<CredentialListing?> FindAsync(HttpContext http, string id)
    {
        var rowId = new byte[IdSize];
        return Base64UrlText.TryDecode(id, rowId)
            && await directory.FindAsync(rowId, time.GetUtcNow(), http.RequestAborted) is { } listing
            && ApiCaller.Of(http).MaySee(listing)
                ? listing
                : null;
    }

    private CredentialDocument Document(CredentialListing listing, ApiCaller caller)
    {
        // Nobody's own: administrators connect it, who have to be people to sign in for that.
        var mayConnect = listing.Credential.Key.Owner.Kind is CredentialOwnerKind.Shared or CredentialOwnerKind.VirtualKey
            ? caller is { IsAdministrator: true, Subject: not null }
            : caller.Subject is { } subject && listing.BoundUser == subject;
        return CredentialDocument.Of(listing, resources.Current.FindProvider(listing.Credential.Key.Provider), mayConnect, vault.NamesOf(listing.Credential));
    }
}
