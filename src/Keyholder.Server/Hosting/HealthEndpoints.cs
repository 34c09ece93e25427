using System.Data.Common;
using Keyholder.Revocation;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Hosting;

/// <summary>Liveness and readiness for the supervisor of the process. Not ready = 503 and one reason a line.</summary>
internal static partial class HealthEndpoints
{
    public const string Prefix = "/healthz";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(Prefix);
        group.MapGet("/live", () => Results.Text("live\n"));
        group.MapGet("/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(IUserStore users, RevocationIndex revocations, ConfigurationHealth configuration, SealingAgreement agreement, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await users.AnyAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
            return revocations.IsStale(time.GetUtcNow()) ? NotReady("revocation log is not confirmed")
                : agreement.Standing.Missing is { Count: > 0 } missing ? NotReady(string.Join('\n', missing.Select(lack => $"vault key {lack.KeyId} is missing here: copy the key file of another server")))
                : Results.Text("ready\n" + configuration.Report);
        }
        catch (Exception e) when (e is DbException or TimeoutException or ObjectDisposedException or IOException)
        {
            LogStorageFails(loggers.CreateLogger(typeof(HealthEndpoints)), e);
            return NotReady("storage does not answer");
        }
    }

    private static IResult NotReady(string reason) => Results.Text(reason + "\n", statusCode: StatusCodes.Status503ServiceUnavailable);

    [LoggerMessage(2120, LogLevel.Error, "Not ready: storage does not answer")]
    private static partial void LogStorageFails(ILogger logger, Exception exception);
}
