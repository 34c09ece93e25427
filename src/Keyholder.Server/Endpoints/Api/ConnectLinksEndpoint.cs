using Keyholder.Authorization.Connect;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>
/// Gives the links at which accounts are connected that no call has asked for: a user's own, those of virtual keys, and what is shared. A link works for whoever signs in as one who may, and for
/// nobody else.
/// </summary>
internal sealed class ConnectLinksEndpoint(
    ConnectLinks links, ConnectingKeys keys, IVirtualKeyStore virtualKeys, ICredentialVault vault, IResourceSource resources, TimeProvider time)
{
    private static readonly ApiError NotShared = ApiErrors.ParameterInvalid with { Description = "provider names no shared provider." };
    private static readonly ApiError ResourceUnknown = ApiErrors.ParameterInvalid with { Description = "resource names no resource that is configured." };
    private static readonly ApiError NotConnectable = ApiErrors.ParameterInvalid with { Description = "provider names none of the resource's that can be connected this way." };
    private static readonly ApiError NobodysToken = ApiErrors.ParameterInvalid with { Description = "an admin token is no user's: virtual_key_id has to say for whom." };
    private static readonly ApiError KeyRefused = ApiErrors.ParameterInvalid with { Description = "the virtual key may not use the resource now." };

    /// <summary>Makes a link.</summary>
    public async Task<IResult> PostAsync(HttpContext http)
    {
        var (asked, problem) = await ApiBody.ReadAsync(http.Request, AskedConnection.Read);
        var (link, error) = asked is null ? (null, problem)
            : asked.Resource is null ? await CreateSharedAsync(http, asked)
            : await CreateAsync(http, asked, asked.Resource);
        return link is null
            ? new ApiErrorResult(error!)
            : Results.Json(
                new ConnectLinkDocument(link.AbsoluteUri, (int)ConnectLinks.Lifetime.TotalSeconds), ApiJson.Default.ConnectLinkDocument, statusCode: StatusCodes.Status201Created);
    }

    /// <summary>What the caller, or a virtual key, can connect and has not.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var query = new ApiQuery(http.Request, "virtual_key_id");
        var (subject, error) = query.Error is { } refused ? (null, refused) : await FindSubjectAsync(http, query["virtual_key_id"]);
        if (subject is null)
        {
            return new ApiErrorResult(error!);
        }

        var found = new List<ConnectableDocument>();
        foreach (var resource in resources.Current.Resources)
        {
            var use = await JudgeAsync(subject, resource, http.RequestAborted);
            if (use == VirtualKeyUseOutcome.RevocationUnknown)
            {
                return new ApiErrorResult(ApiErrors.RevocationUnknown);
            }

            foreach (var entry in use == VirtualKeyUseOutcome.Allowed ? ConnectPolicy.ConnectableBy(subject.Kind, resource) : [])
            {
                if (await vault.NeedsConnectionAsync(new(CredentialOwner.Of(subject), entry.Provider.Name), resource.Name, http.RequestAborted))
                {
                    found.Add(ConnectableDocument.Of(resource, entry));
                }
            }
        }

        return Results.Json(new ConnectableList(found), ApiJson.Default.ConnectableList);
    }

    private async Task<(Uri? Link, ApiError? Error)> CreateSharedAsync(HttpContext http, AskedConnection asked) =>
        !ApiCaller.Of(http).IsAdministrator ? (null, ApiErrors.ScopeInsufficient)
        : resources.Current.FindProvider(asked.Provider) is not { Owner: ProviderOwner.Shared } provider ? (null, NotShared)
        : (await links.CreateSharedAsync(provider, http.RequestAborted), null);

    private async Task<(Uri? Link, ApiError? Error)> CreateAsync(HttpContext http, AskedConnection asked, string name)
    {
        var (subject, error) = await FindSubjectAsync(http, asked.VirtualKeyId);
        if (subject is null)
        {
            return (null, error);
        }

        if ((resources.Current.FindByName(name) ?? resources.Current.FindByUri(name)) is not { } resource)
        {
            return (null, ResourceUnknown);
        }

        if (ConnectPolicy.Find(subject.Kind, resource, asked.Provider) is not { } provider)
        {
            return (null, NotConnectable);
        }

        return await JudgeAsync(subject, resource, http.RequestAborted) switch
        {
            VirtualKeyUseOutcome.Allowed => (await links.CreateAsync(subject, resource, provider, http.RequestAborted), null),
            VirtualKeyUseOutcome.RevocationUnknown => (null, ApiErrors.RevocationUnknown),
            _ => (null, KeyRefused),
        };
    }

    /// <summary>Whom the caller may connect for: the user who calls, or a key that is the user's own; an administrator for any key. A key of others does not exist for the rest.</summary>
    private async Task<(Subject? Subject, ApiError? Error)> FindSubjectAsync(HttpContext http, string? virtualKeyId)
    {
        var caller = ApiCaller.Of(http);
        if (virtualKeyId is null)
        {
            return caller.Subject is { } user ? (user, null) : (null, NobodysToken);
        }

        return await virtualKeys.FindAsync(virtualKeyId, http.RequestAborted) is { } key
            && (caller.IsAdministrator || (key.OwnerUserId is { } owner && Subject.User(owner) == caller.Subject))
            ? (new Subject(SubjectKind.VirtualKey, key.Id), null)
            : (null, ApiErrors.VirtualKeyUnknown);
    }

    /// <summary>A user may use whatever is there; a key what it was granted.</summary>
    private async ValueTask<VirtualKeyUseOutcome> JudgeAsync(Subject subject, Resource resource, CancellationToken cancellationToken) =>
        subject.Kind == SubjectKind.User
            ? VirtualKeyUseOutcome.Allowed
            : (await keys.JudgeAsync(subject.Id, session: null, clientId: "", resource, time.GetUtcNow(), cancellationToken)).Outcome;
}
