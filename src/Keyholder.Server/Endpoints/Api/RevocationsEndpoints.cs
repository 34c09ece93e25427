using System.Globalization;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>The kill switch for administrators. What it says is done is in force on this node when the answer arrives.</summary>
internal sealed class RevocationsEndpoints(KillSwitch killSwitch, IResourceSource resources, TimeProvider time)
{
    /// <summary>A page of what stands. Its cursor is the id of the last entry of the page before.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var parameters = new ApiQuery(http.Request, "limit", "cursor");
        var limit = parameters.ReadLimit();
        var before = parameters.ReadSequence("cursor");
        if (parameters.Error is { } error)
        {
            return new ApiErrorResult(error);
        }

        var found = await killSwitch.ListAsync(before, limit + 1, http.RequestAborted);
        var page = found.Take(limit).Select(logged => RevocationDocument.Of(logged.Sequence, logged.Revocation)).ToList();
        return Results.Json(new RevocationPage(page, found.Count > limit ? page[^1].Id : null), ApiJson.Default.RevocationPage);
    }

    /// <summary>Revokes or quarantines a target, or says what that would mean.</summary>
    public async Task<IResult> AddAsync(HttpContext http)
    {
        var (asked, error) = await ApiBody.ReadAsync(http.Request, AskedRevocationReader.Read);
        if (asked is null)
        {
            return new ApiErrorResult(error!);
        }

        var (planned, problem) = RevocationPolicy.Plan(asked.Request, resources.Current, time.GetUtcNow());
        if (planned is null)
        {
            return new ApiErrorResult(Describe(problem!.Value));
        }

        var result = asked.DryRun
            ? await killSwitch.TryAsync(planned, http.RequestAborted)
            : await killSwitch.RevokeAsync(planned, ApiCaller.Of(http).Actor, http.Origin());
        return Results.Json(
            new RevocationAnswer(RevocationDocument.Of(result.Id, result.Entry), result.Sessions, asked.DryRun),
            ApiJson.Default.RevocationAnswer,
            statusCode: asked.DryRun ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    /// <summary>Lifts a quarantine.</summary>
    public async Task<IResult> LiftAsync(HttpContext http, string id)
    {
        var outcome = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? await killSwitch.LiftAsync(sequence, ApiCaller.Of(http).Actor, http.Origin())
            : LiftOutcome.NotFound;
        return outcome switch
        {
            LiftOutcome.Lifted => Results.NoContent(),
            LiftOutcome.Permanent => new ApiErrorResult(ApiErrors.RevocationPermanent),
            _ => new ApiErrorResult(ApiErrors.RevocationNotStanding),
        };
    }

    private static ApiError Describe(RevocationProblem problem) => problem switch
    {
        RevocationProblem.TargetMalformed => ApiErrors.ParameterInvalid.About("value", "is not one of its kind of target."),
        RevocationProblem.ProviderUnknown => ApiErrors.ParameterInvalid.About("value", "no provider of that name is configured."),
        RevocationProblem.ResourceUnknown => ApiErrors.ParameterInvalid.About("value", "no resource of that name is configured, and it is no URI."),
        RevocationProblem.ReasonMalformed => ApiErrors.ParameterInvalid.About("reason", $"has to be 1 to {RevocationRequest.MaxReasonLength} printable characters."),
        RevocationProblem.ExpiryPast => ApiErrors.ParameterInvalid.About("expires_at", "is not in the future."),
        _ => ApiErrors.ParameterInvalid.About("expires_at", "only a token and a quarantine have one to choose."),
    };
}
