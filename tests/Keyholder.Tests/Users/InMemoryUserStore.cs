using Keyholder.Audit;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Tests.Users;

internal sealed class InMemoryUserStore : IUserStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LocalUser> _locals = [];
    private readonly Dictionary<ProviderIdentity, User> _identities = [];

    public List<AuditEvent> Audit { get; } = [];

    public Task<UserAddOutcome> AddLocalAsync(LocalUser user, AuditEvent audit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_locals.TryAdd(user.Name, user))
                return Task.FromResult(UserAddOutcome.NameTaken);

            Audit.Add(audit);
            return Task.FromResult(UserAddOutcome.Added);
        }
    }

    public Task<LocalUser?> FindLocalAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_locals.GetValueOrDefault(name));
    }

    public Task<bool> SetPasswordAsync(string name, string passwordHash, AuditEvent audit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_locals.TryGetValue(name, out var local))
                return Task.FromResult(false);

            _locals[name] = local with { PasswordHash = passwordHash };
            Audit.Add(audit);
            return Task.FromResult(true);
        }
    }

    public Task<bool> RehashPasswordAsync(string name, string outdatedHash, string passwordHash, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_locals.TryGetValue(name, out var local) || local.PasswordHash != outdatedHash)
                return Task.FromResult(false);

            _locals[name] = local with { PasswordHash = passwordHash };
            return Task.FromResult(true);
        }
    }

    public Task<User?> FindAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_locals.Values.Select(l => l.User).Concat(_identities.Values).FirstOrDefault(u => u.Id == userId));
    }

    public Task<User> FindOrAddByIdentityAsync(ProviderIdentity identity, User candidate, AuditEvent audit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_identities.TryGetValue(identity, out var user))
                _identities.Add(identity, user = candidate);

            return Task.FromResult(user);
        }
    }

    public Task<UserChangeOutcome> SetAdministratorAsync(string userId, bool administrator, AuditEvent audit, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No test of a policy changes administrators.");

    public Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_locals.Count + _identities.Count > 0);
    }

    public void Disable(string name, DateTimeOffset at)
    {
        lock (_gate)
            _locals[name] = _locals[name] with { User = _locals[name].User with { DisabledAt = at } };
    }
}
