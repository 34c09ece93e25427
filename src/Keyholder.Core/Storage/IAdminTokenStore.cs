using Keyholder.Audit;
using Keyholder.Tokens;

namespace Keyholder.Storage;

/// <summary>Bearer tokens of the administration API.</summary>
public interface IAdminTokenStore
{
    /// <summary>Adds a token; false, with nothing written, when one of that name exists, revoked or not.</summary>
    Task<bool> AddAsync(AdminToken token, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>The token with that id, revoked or not, or null.</summary>
    Task<AdminToken?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Every token, in name order.</summary>
    Task<IReadOnlyList<AdminToken>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Revokes the token of that name; false, with nothing written, when there is none that works.</summary>
    Task<bool> RevokeAsync(string name, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken);
}
