using System.Collections.Concurrent;
using Keyholder.Audit;
using Keyholder.Clients;
using Keyholder.Revocation;
using Keyholder.Storage;

namespace Keyholder.Tests.Clients;

/// <summary>A client store that counts what is asked of it, answers what a test tells it to, and can fail.</summary>
internal sealed class RecordingClientStore : IClientStore
{
    private int _finds;

    public ConcurrentDictionary<string, Client> Clients { get; } = new(StringComparer.Ordinal);

    public List<(string ClientId, DateTimeOffset ExpiresAt)> Renewals { get; } = [];

    public int Finds => _finds;

    public ClientAddOutcome NextOutcome { get; set; } = ClientAddOutcome.Added;

    public (int Capacity, DateTimeOffset EvictableBefore, DateTimeOffset Now)? LastAdd { get; private set; }

    public Exception? Failure { get; set; }

    /// <summary>When set, a renewal waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Task<ClientAddOutcome> AddAsync(Client client, int capacity, DateTimeOffset evictableBefore, DateTimeOffset now, CancellationToken cancellationToken)
    {
        LastAdd = (capacity, evictableBefore, now);
        if (NextOutcome == ClientAddOutcome.Added)
        {
            Clients.TryAdd(client.Id, client).ShouldBeTrue();
        }

        return Task.FromResult(NextOutcome);
    }

    public Task<Client?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _finds);
        return Failure is null ? Task.FromResult(Clients.GetValueOrDefault(clientId)) : Task.FromException<Client?>(Failure);
    }

    public Task<bool> UpdateAsync(Client client, AuditEvent audit, CancellationToken cancellationToken) =>
        Task.FromResult(Clients.TryGetValue(client.Id, out var before) && Clients.TryUpdate(client.Id, client, before));

    public Task<bool> DeleteAsync(string clientId, string reason, RevocationEntry revocation, AuditEvent audit, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Clients.TryRemove(clientId, out _));

    public async Task RenewAsync(string clientId, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await Gate;
        if (Failure is not null)
        {
            throw Failure;
        }

        lock (Renewals)
        {
            Renewals.Add((clientId, expiresAt));
        }

        Clients[clientId] = Clients[clientId] with { ExpiresAt = expiresAt };
    }
}
