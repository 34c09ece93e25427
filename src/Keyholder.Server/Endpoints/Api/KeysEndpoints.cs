using Keyholder.Server.Configuration;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>The keys of the vault for administrators. No key is ever answered.</summary>
internal sealed partial class KeysEndpoints(
    VaultKeySource keys, VaultKeyChanges changes, SealingAgreement agreement, ISealedRowStore rows, TimeProvider time, ILogger<KeysEndpoints> logger)
{
    /// <summary>The keys, and how much is sealed with each.</summary>
    public async Task<IResult> ListAsync(HttpContext http) =>
        new ApiQuery(http.Request).Error is { } error
            ? new ApiErrorResult(error)
            : Results.Json(new KeyList(KeyDocument.Of(keys.Current, agreement.Standing, await rows.CountAsync(http.RequestAborted), time.GetUtcNow())), ApiJson.Default.KeyList);

    /// <summary>Adds a fresh key. The servers seal anew with it by themselves once it seals.</summary>
    public async Task<IResult> AddAsync(HttpContext http)
    {
        var (asked, error) = await ApiBody.ReadAsync(http.Request, AskedKey.Read);
        if (asked is null)
        {
            return new ApiErrorResult(error!);
        }

        var added = await changes.AddAsync(asked.Delay, ApiCaller.Of(http).Actor, http.Origin(), http.RequestAborted);
        if (added.Outcome == AddKeyOutcome.Added)
        {
            await ReportAsync();
        }

        return added.Outcome switch
        {
            AddKeyOutcome.Added => Results.Json(new KeyAnswer(added.Key!.Id, added.Key.SealsFrom!.Value), ApiJson.Default.KeyAnswer, statusCode: StatusCodes.Status201Created),
            AddKeyOutcome.DelayOutOfBounds => new ApiErrorResult(ApiErrors.ParameterInvalid.About(
                "delay", $"has to be from {Duration.Format(changes.ShortestDelay)} to {Duration.Format(VaultKeyChanges.LongestDelay)}.")),
            AddKeyOutcome.Pending => new ApiErrorResult(ApiErrors.KeyPending),
            AddKeyOutcome.InConfiguration => new ApiErrorResult(ApiErrors.KeysConfigured),
            _ => new ApiErrorResult(ApiErrors.KeysSettling),
        };
    }

    /// <summary>Opens everything the vault has sealed and names what does not open. Changes nothing.</summary>
    public async Task<IResult> VerifyAsync(HttpContext http)
    {
        if (new ApiQuery(http.Request).Error is { } error)
        {
            return new ApiErrorResult(error);
        }

        var verification = new VaultVerification(rows, keys);
        var (failed, failures) = (0L, new List<KeyVerification.Failure>());
        await verification.RunAsync(
            failure =>
            {
                failed++;
                if (failures.Count < KeyVerification.MaxFailures)
                {
                    failures.Add(KeyVerification.Failure.Of(failure));
                }

                return Task.CompletedTask;
            },
            http.RequestAborted);
        var opened = verification.Opened.Select(entry => new KeyVerification.OpenedWithKey(SealedKinds.NameOf(entry.Key.Kind), entry.Key.KeyId, entry.Value));
        return Results.Json(new KeyVerification([.. opened], failed, failures), ApiJson.Default.KeyVerification);
    }

    /// <summary>Takes a key out of the ring.</summary>
    public async Task<IResult> RetireAsync(HttpContext http, string id)
    {
        // What this node sealed with a moment ago must not stand in the way.
        await agreement.ReportAsync(http.RequestAborted);
        return await changes.RetireAsync(id, ApiCaller.Of(http).Actor, http.Origin(), http.RequestAborted) switch
        {
            RetireOutcome.Retired => Results.NoContent(),
            RetireOutcome.NotFound => new ApiErrorResult(ApiErrors.KeyUnknown),
            RetireOutcome.InConfiguration => new ApiErrorResult(ApiErrors.KeysConfigured),
            RetireOutcome.Settling or RetireOutcome.Busy => new ApiErrorResult(ApiErrors.KeysSettling),
            _ => new ApiErrorResult(ApiErrors.KeyInUse),
        };
    }

    private async Task ReportAsync()
    {
        try
        {
            await agreement.ReportAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // The key is added, whoever knows of it; the next report says it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogUnreported(failure);
        }
    }

    [LoggerMessage(1659, LogLevel.Warning, "The other servers cannot be told at once of the vault key that was added; it is tried again")]
    private partial void LogUnreported(Exception failure);
}
