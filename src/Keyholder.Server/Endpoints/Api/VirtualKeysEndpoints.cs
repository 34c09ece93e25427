using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Virtual keys for administrators. A key itself is in the one answer that made it, and never again.</summary>
internal sealed class VirtualKeysEndpoints(VirtualKeyRegistry registry, IVirtualKeyStore store, VirtualKeyAccesses accesses, TimeProvider time)
{
    /// <summary>A page in name order. Its cursor is the name of the last key of the page before.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var parameters = new ApiQuery(http.Request, "user_id", "limit", "cursor");
        var limit = parameters.ReadLimit();
        var query = new VirtualKeyQuery { OwnerUserId = parameters["user_id"], After = parameters["cursor"], Limit = limit + 1 };
        if (query.After is { } after && !VirtualKeyRules.IsName(after))
        {
            parameters.Refuse("cursor", "is not one this endpoint gave.");
        }

        if (parameters.Error is { } error)
        {
            return new ApiErrorResult(error);
        }

        var found = await store.ListAsync(query, http.RequestAborted);
        var now = time.GetUtcNow();
        var page = found.Take(limit).Select(key => VirtualKeyDocument.Of(key, now)).ToList();
        return Results.Json(new VirtualKeyPage(page, found.Count > limit ? page[^1].Name : null), ApiJson.Default.VirtualKeyPage);
    }

    /// <summary>One key.</summary>
    public async Task<IResult> GetAsync(HttpContext http, string id) =>
        await store.FindAsync(id, http.RequestAborted) is { } key ? Document(key) : new ApiErrorResult(ApiErrors.VirtualKeyUnknown);

    /// <summary>Makes a key.</summary>
    public async Task<IResult> CreateAsync(HttpContext http)
    {
        var (change, error) = await ApiBody.ReadAsync(http.Request, body => VirtualKeyReader.ReadNew(body, time.GetUtcNow()));
        if (change is null)
        {
            return new ApiErrorResult(error!);
        }

        var (outcome, key, text) = await registry.CreateAsync(
            change.Name!, change.OwnerUserId?.Value, change.ExpiresAt?.Value, ApiCaller.Of(http).Actor, http.Origin(), CancellationToken.None);
        return outcome == VirtualKeyWriteOutcome.Done
            ? Document(key, text, StatusCodes.Status201Created)
            : new ApiErrorResult(ErrorOf(outcome));
    }

    /// <summary>Changes what the body names and leaves the rest.</summary>
    public async Task<IResult> UpdateAsync(HttpContext http, string id)
    {
        var (change, error) = await ApiBody.ReadAsync(http.Request, body => VirtualKeyReader.ReadChange(body, time.GetUtcNow()));
        if (change is null)
        {
            return new ApiErrorResult(error!);
        }

        var outcome = await VirtualKeyRegistry.UpdateAsync(
            store, id, change, ApiCaller.Of(http).Actor, http.Origin(), time.GetUtcNow(), CancellationToken.None);
        accesses.Forget(id);
        return outcome is VirtualKeyWriteOutcome.Done or VirtualKeyWriteOutcome.Unchanged
            ? await GetAsync(http, id)
            : new ApiErrorResult(ErrorOf(outcome));
    }

    /// <summary>Gives a key a new secret.</summary>
    public async Task<IResult> RotateAsync(HttpContext http, string id)
    {
        var (overlap, error) = await ApiBody.ReadAsync(http.Request, VirtualKeyReader.ReadOverlap);
        if (overlap is null)
        {
            return new ApiErrorResult(error!);
        }

        var (outcome, text) = await registry.RotateAsync(id, Duration.Parse(overlap)!.Value, ApiCaller.Of(http).Actor, http.Origin(), CancellationToken.None);
        accesses.Forget(id);
        return outcome == VirtualKeyWriteOutcome.Done && await store.FindAsync(id, http.RequestAborted) is { } key
            ? Document(key, text)
            : new ApiErrorResult(ErrorOf(outcome));
    }

    /// <summary>Deletes a key with all that is its own.</summary>
    public async Task<IResult> DeleteAsync(HttpContext http, string id)
    {
        var outcome = await VirtualKeyRegistry.DeleteAsync(store, id, ApiCaller.Of(http).Actor, http.Origin(), time.GetUtcNow(), CancellationToken.None);
        accesses.Forget(id);
        return outcome == VirtualKeyWriteOutcome.Done ? Results.NoContent() : new ApiErrorResult(ErrorOf(outcome));
    }

    private IResult Document(VirtualKey key, string? text = null, int status = StatusCodes.Status200OK) =>
        Results.Json(VirtualKeyDocument.Of(key, time.GetUtcNow(), text), ApiJson.Default.VirtualKeyDocument, statusCode: status);

    private static ApiError ErrorOf(VirtualKeyWriteOutcome outcome) => outcome switch
    {
        VirtualKeyWriteOutcome.NameTaken => ApiErrors.NameTaken.About("name", "another virtual key has it."),
        VirtualKeyWriteOutcome.OwnerInactive => ApiErrors.ParameterInvalid.About("user_id", "names nobody, or a user who is disabled."),
        VirtualKeyWriteOutcome.Conflict => ApiErrors.Conflict,
        VirtualKeyWriteOutcome.Declared => ApiErrors.VirtualKeyDeclared,
        _ => ApiErrors.VirtualKeyUnknown,
    };
}
