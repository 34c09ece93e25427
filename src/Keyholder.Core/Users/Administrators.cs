using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Users;

/// <summary>Makes users administrators, and ends that. It holds for their next request: the API reads the user's row every time.</summary>
public static class Administrators
{
    /// <summary>Lets the user administer Keyholder, or no longer.</summary>
    /// <param name="users">Where users are.</param>
    /// <param name="userId">Whom.</param>
    /// <param name="administrator">Whether they may.</param>
    /// <param name="actor">Who says so, for the audit trail.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public static Task<UserChangeOutcome> SetAsync(
        IUserStore users, string userId, bool administrator, string actor, DateTimeOffset now, CancellationToken cancellationToken) =>
        users.SetAdministratorAsync(
            userId,
            administrator,
            new AuditEvent
            {
                At = now,
                Action = administrator ? AuditActions.UserAdministratorGranted : AuditActions.UserAdministratorRevoked,
                Actor = actor,
                Target = "user:" + userId,
            },
            cancellationToken);
}
