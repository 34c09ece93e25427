using Keyholder.Authorization;
using Keyholder.Authorization.Device;
using Keyholder.Sessions;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresDeviceAuthorizationStore(PostgresDatabase database) : IDeviceAuthorizationStore
{
    public Task<bool> AddAsync(DeviceAuthorization device, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements => await statements.ExecuteAsync(
                $"""
                INSERT INTO device_authorizations ({DeviceAuthorizationColumns.All}) VALUES (
                  @session_id, @device_code_hash, @user_code_hash, @client_id, @resource, @scopes, @interval_ms, @next_poll_at, @created_at, @expires_at)
                ON CONFLICT (user_code_hash) DO NOTHING
                """,
                ("session_id", device.SessionId),
                ("device_code_hash", device.DeviceCodeHash),
                ("user_code_hash", device.UserCodeHash),
                ("client_id", device.ClientId),
                ("resource", device.Resource),
                ("scopes", JsonText.Write(device.Scopes)),
                ("interval_ms", (long)device.Interval.TotalMilliseconds),
                ("next_poll_at", device.NextPollAt),
                ("created_at", device.CreatedAt),
                ("expires_at", device.ExpiresAt)) == 1,
            cancellationToken);

    public Task<DeviceAuthorization?> FindByUserCodeAsync(byte[] userCodeHash, CancellationToken cancellationToken) =>
        database.ReadAsync(
            statements => statements.QuerySingleAsync(
                $"SELECT {DeviceAuthorizationColumns.All} FROM device_authorizations WHERE user_code_hash = @user_code_hash",
                DeviceAuthorizationColumns.Read,
                ("user_code_hash", userCodeHash)),
            cancellationToken);

    // Whoever holds the device's row is alone with it: what follows is looked at by statements of their own.
    public Task<string?> BeginAsync(AuthorizationRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<string?>(
            async statements =>
            {
                var waits = await statements.AnyAsync(
                    "SELECT 1 FROM device_authorizations WHERE session_id = @session_id AND device_code_hash = @device_code_hash AND expires_at > @now FOR UPDATE",
                    ("session_id", request.SessionId),
                    ("device_code_hash", request.DeviceCodeHash),
                    ("now", now));
                if (!waits)
                {
                    return null;
                }

                if (await FindRequestAsync(statements, request.SessionId) is { } begun)
                {
                    return begun.Item1;
                }

                await AuthorizationRequestRows.InsertAsync(statements, request);
                return request.Id;
            },
            cancellationToken);

    public Task<DevicePollOutcome> PollAsync(DevicePoll poll, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var device = await statements.QuerySingleAsync(
                    $"SELECT {DeviceAuthorizationColumns.All} FROM device_authorizations WHERE session_id = @session_id FOR UPDATE",
                    DeviceAuthorizationColumns.Read,
                    ("session_id", poll.SessionId));
                var (outcome, changed) = DevicePolls.Decide(poll, device, (await FindRequestAsync(statements, poll.SessionId))?.Item2, now);
                if (changed is not null)
                {
                    await statements.ExecuteAsync(
                        "UPDATE device_authorizations SET interval_ms = @interval_ms, next_poll_at = @next_poll_at WHERE session_id = @session_id",
                        ("interval_ms", (long)changed.Interval.TotalMilliseconds),
                        ("next_poll_at", changed.NextPollAt),
                        ("session_id", poll.SessionId));
                }

                return outcome;
            },
            cancellationToken);

    private static Task<Tuple<string, AuthorizationPhase>?> FindRequestAsync(PostgresStatements statements, SessionId sessionId) => statements.QuerySingleAsync(
        "SELECT id, phase FROM authorization_requests WHERE session_id = @session_id",
        row => Tuple.Create(row.GetString(0), StoredWords.Phase.Read(row.GetString(1))),
        ("session_id", sessionId));
}
