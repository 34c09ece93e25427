using System.Collections.Concurrent;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Clients;

/// <summary>Configured clients first, then those that describe themselves at their id's URL, then dynamic ones, of which those seen lately are answered from memory.</summary>
public sealed partial class ClientDirectory(
    ConfiguredClients configured, ClientMetadataDocuments documents, IClientStore store, ClientRegistrationOptions options, TimeProvider clock, ILogger<ClientDirectory> logger)
    : IClientDirectory, IAsyncDisposable
{
    /// <summary>No client id that was ever issued is longer.</summary>
    private const int MaxIdLength = 255;

    private const int CacheCapacity = 4096;

    private static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(30);

    /// <summary>An expiry moves on only when it would move by this much: one write a day for a client in constant use.</summary>
    private static readonly TimeSpan RenewalStep = TimeSpan.FromDays(1);

    private readonly ExpiringCache<Client> _cache = new(CacheCapacity, clock);
    private readonly ConcurrentDictionary<string, Task> _renewals = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public ValueTask<Client?> FindAsync(string clientId, CancellationToken cancellationToken)
    {
        if (configured.Find(clientId) is { } client)
        {
            return new(client);
        }

        if (documents.Accepts(clientId))
        {
            return documents.FindAsync(clientId, cancellationToken);
        }

        if (_cache.Find(clientId) is { } cached && !HasExpired(cached))
        {
            return new(cached);
        }

        return IsClientId(clientId) ? ReadAsync(clientId, cancellationToken) : new((Client?)null);
    }

    /// <inheritdoc />
    public void Touch(Client client)
    {
        if (client.ExpiresAt is not { } expiresAt)
        {
            return;
        }

        var renewed = clock.GetUtcNow() + options.Lifetime;
        var step = options.Lifetime / 2 < RenewalStep ? options.Lifetime / 2 : RenewalStep;
        if (renewed - expiresAt < step)
        {
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_renewals.TryAdd(client.Id, done.Task))
        {
            _ = RenewAsync(client, renewed, done);
        }
    }

    /// <summary>Reads the client anew when it is asked for next: it was changed or deleted. Other nodes do so within half a minute.</summary>
    public void Forget(string clientId) => _cache.Remove(clientId);

    /// <summary>Waits for the renewals under way.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_renewals.Values);

    private async ValueTask<Client?> ReadAsync(string clientId, CancellationToken cancellationToken)
    {
        var client = await store.FindAsync(clientId, cancellationToken);
        if (client is null || HasExpired(client))
        {
            return null;
        }

        _cache.Put(client.Id, client, CacheLifetime);
        return client;
    }

    private async Task RenewAsync(Client client, DateTimeOffset expiresAt, TaskCompletionSource done)
    {
        await Task.Yield();
        try
        {
            await store.RenewAsync(client.Id, expiresAt, CancellationToken.None);
            _cache.Put(client.Id, client with { ExpiresAt = expiresAt }, CacheLifetime);
        }
#pragma warning disable CA1031 // Whatever went wrong, the grant stands, and the next one tries again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRenewalFailed(logger, failure, client.Id);
        }
        finally
        {
            _renewals.TryRemove(client.Id, out _);
            done.SetResult();
        }
    }

    private bool HasExpired(Client client) => client.ExpiresAt <= clock.GetUtcNow();

    /// <summary>RFC 6749 appendix A.1: printable ASCII. Anything else cannot be a client's id and is not worth a query.</summary>
    private static bool IsClientId(string clientId) =>
        clientId.Length is > 0 and <= MaxIdLength && !clientId.AsSpan().ContainsAnyExceptInRange(' ', '~');

    [LoggerMessage(1002, LogLevel.Warning, "Could not renew the expiry of client {ClientId}")]
    private static partial void LogRenewalFailed(ILogger logger, Exception failure, string clientId);
}
