using System.Text.Json;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>What virtual keys may use, for administrators.</summary>
internal sealed class GrantsEndpoints(GrantRegistry registry, IGrantStore store, VirtualKeyAccesses accesses, IResourceSource resources)
{
    /// <summary>What a key may use, grants to all included.</summary>
    public async Task<IResult> ListAsync(HttpContext http, string id)
    {
        if (await store.FindAccessAsync(id, http.RequestAborted) is not { } access)
        {
            return new ApiErrorResult(ApiErrors.VirtualKeyUnknown);
        }

        return Results.Json(new GrantList([.. Documents(access).OrderBy(grant => grant.Resource, StringComparer.Ordinal)]), ApiJson.Default.GrantList);
    }

    /// <summary>Grants a resource to a key, or changes the grant.</summary>
    public async Task<IResult> PutAsync(HttpContext http, string id, string resource)
    {
        var (grant, error) = await ApiBody.ReadAsync(http.Request, body => Read(body, resource));
        if (grant is null)
        {
            return new ApiErrorResult(error!);
        }

        if (resources.Current.FindByName(resource) is not { } granted)
        {
            return new ApiErrorResult(ResourceUnknown);
        }

        return grant.Tools?.All(granted.Tools.Policy.Knows) == false
            ? new ApiErrorResult(ApiErrors.ParameterInvalid.About("tools", "names something the resource does not have: its tools.allow says what there is."))
            : Answer(await registry.PutAsync(id, grant, ApiCaller.Of(http).Actor, http.Origin()), id);
    }

    /// <summary>Takes a grant back, also of a resource that is configured no more.</summary>
    public async Task<IResult> RemoveAsync(HttpContext http, string id, string resource) =>
        Answer(await registry.RemoveAsync(id, resource, ApiCaller.Of(http).Actor, http.Origin()), id);

    /// <summary>The resources granted to every key.</summary>
    public async Task<IResult> ListToAllAsync(HttpContext http) => Results.Json(
        new GrantToAllList([.. (await store.ListToAllAsync(http.RequestAborted)).Select(grant => new GrantToAllDocument(grant.Resource, grant.Configured))]),
        ApiJson.Default.GrantToAllList);

    /// <summary>Grants a resource to every key.</summary>
    public async Task<IResult> PutToAllAsync(HttpContext http, string resource) =>
        IsKnown(resource) ? Answer(await registry.PutToAllAsync(resource, ApiCaller.Of(http).Actor, http.Origin()), null) : new ApiErrorResult(ResourceUnknown);

    /// <summary>Takes that back.</summary>
    public async Task<IResult> RemoveToAllAsync(HttpContext http, string resource) =>
        Answer(await registry.RemoveToAllAsync(resource, ApiCaller.Of(http).Actor, http.Origin()), null);

    private static ApiError ResourceUnknown => ApiErrors.ParameterInvalid.About("resource", "is not the name of a configured resource.");

    /// <summary>What a key may use: its own grants, then what every key may use.</summary>
    public static IEnumerable<GrantDocument> Documents(VirtualKeyAccess access) =>
        access.Grants.Select(grant => new GrantDocument(grant.Resource, grant.Tools, ToAll: false))
            .Concat(access.GrantedToAll.Except(access.Grants.Select(grant => grant.Resource)).Select(resource => new GrantDocument(resource, Tools: null, ToAll: true)));

    private static (Grant? Grant, ApiError? Error) Read(JsonElement body, string resource)
    {
        IReadOnlyList<string>? tools = null;
        foreach (var member in body.EnumerateObject())
        {
            if (!member.NameEquals("tools"))
            {
                return (null, ApiErrors.BodyInvalid);
            }

            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (member.Value.ValueKind != JsonValueKind.Array || member.Value.EnumerateArray().Any(tool => tool.ValueKind != JsonValueKind.String))
            {
                return (null, ApiErrors.ParameterInvalid.About("tools", "has to be a list of texts or null."));
            }

            tools = [.. member.Value.EnumerateArray().Select(tool => tool.GetString()!)];
            if (GrantRules.FindProblem(tools) is { } problem)
            {
                return (null, ApiErrors.ParameterInvalid.About("tools", problem + "."));
            }
        }

        return (new Grant(resource, tools), null);
    }

    private bool IsKnown(string resource) => resources.Current.FindByName(resource) is not null;

    /// <summary>Whatever came of it, this node reads again at once, as the others do when they hear of it.</summary>
    private IResult Answer(GrantWriteOutcome outcome, string? keyId)
    {
        if (keyId is null)
        {
            accesses.ForgetAll();
        }
        else
        {
            accesses.Forget(keyId);
        }

        return ResultOf(outcome);
    }

    private static IResult ResultOf(GrantWriteOutcome outcome) => outcome switch
    {
        GrantWriteOutcome.Done or GrantWriteOutcome.Unchanged => Results.NoContent(),
        GrantWriteOutcome.KeyNotFound => new ApiErrorResult(ApiErrors.VirtualKeyUnknown),
        GrantWriteOutcome.Declared => new ApiErrorResult(ApiErrors.VirtualKeyDeclared),
        GrantWriteOutcome.Configured => new ApiErrorResult(ApiErrors.GrantConfigured),
        _ => new ApiErrorResult(ApiErrors.GrantUnknown),
    };
}
