using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage;
using Keyholder.Vault;
using Microsoft.Extensions.Logging;

namespace Keyholder.Upstream.Discovery;

/// <summary>
/// Makes Keyholder a client of an authorization server found by discovery: as it is configured, else by its metadata document, else by dynamic registration
/// (RFC 7591). A registration is kept, and used at no other authorization server and with no other redirect URI. One registration for concurrent callers, on this node
/// and on others.
/// </summary>
public sealed class UpstreamClientRegistrar(
    GuardedHttp http, IUpstreamClientStore store, ISecretSealer sealer, OwnClient own, TimeProvider time, ILogger<UpstreamClientRegistrar> logger)
{
    /// <summary>How long a registration is kept at least, whatever the authorization server says of it; and how long a former client rests that was refused.</summary>
    internal static readonly TimeSpan MinAge = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SecretMargin = TimeSpan.FromMinutes(5);
    private readonly UpstreamClientSealer _sealer = new(sealer);
    private readonly ConcurrentDictionary<(string Provider, string ClientId), Refusal> _refused = new();
    private readonly SingleFlight<string, UpstreamClientResult> _flights = new();

    /// <summary>Keyholder's client at the provider's issuer.</summary>
    internal Task<UpstreamClientResult> GetAsync(Provider provider, ProviderMetadata metadata, CancellationToken cancellationToken)
    {
        if (provider.ClientId.Length > 0)
        {
            return Task.FromResult(UpstreamClientResult.Of(new(provider.ClientId, provider.ClientSecret, provider.ClientAuthMethod)));
        }

        return own.HasDocuments && metadata.ClientIdMetadataDocuments && metadata.AuthMethods?.Contains("none") != false
            ? Task.FromResult(UpstreamClientResult.Of(ByDocument(own.DocumentUriOf(provider))))
            : _flights.RunAsync(provider.Name, () => FindOrRegisterAsync(provider, metadata), cancellationToken);
    }

    /// <summary>
    /// Keyholder's client under an id it has, or had before another took its place, at the provider's issuer; null when there is none that could still be used. What a
    /// client obtained is refreshed and revoked in its name for as long as the authorization server knows it.
    /// </summary>
    internal async Task<UpstreamClientResult?> FindAsync(Provider provider, string clientId, CancellationToken cancellationToken)
    {
        if (provider.ClientId.Length > 0)
        {
            return null;
        }

        // A document that is refused is none that was forgotten: the authorization server could not fetch it.
        if (own.HasDocuments && (clientId == own.DocumentUriOf(provider) || clientId == own.FormerDocumentUri))
        {
            return UpstreamClientResult.Of(ByDocument(clientId));
        }

        var now = time.GetUtcNow();
        var refused = _refused.TryGetValue((provider.Name, clientId), out var refusal);
        var stored = await store.FindAsync(provider.Name, provider.Issuer!, clientId, cancellationToken);
        if (stored is null || stored.SecretExpiresAt <= now || refusal.Again)
        {
            return null;
        }

        return refused && now < refusal.At + MinAge
            ? UpstreamClientResult.Unavailable("The authorization server has just refused the former client, perhaps for a moment.")
            : Open(stored);
    }

    /// <summary>
    /// Notes that the authorization server says it does not know the client: another is registered when the next one is asked for. Of a former client that is believed when it says
    /// so again later, and has not accepted the client in between.
    /// </summary>
    internal void Refuse(Provider provider)
    {
        var now = time.GetUtcNow();
        _refused.AddOrUpdate(
            (provider.Name, provider.ClientId),
            static (_, now) => new Refusal(now, Again: false),
            static (_, first, now) => first with { Again = first.Again || now >= first.At + MinAge },
            now);
    }

    /// <summary>Notes that the authorization server knows the client, whatever it said before.</summary>
    internal void Accept(Provider provider) => _refused.TryRemove((provider.Name, provider.ClientId), out _);

    private static RegisteredUpstreamClient ByDocument(string uri) => new(uri, null, "none");

    private async Task<UpstreamClientResult> FindOrRegisterAsync(Provider provider, ProviderMetadata metadata)
    {
        if (await FindOwnAsync(provider) is { } found)
        {
            return found;
        }

        var stored = await store.FindAsync(provider.Name, CancellationToken.None);
        if (metadata.ByConvention && stored is not null && stored.Issuer != provider.Issuer)
        {
            return UpstreamClientResult.Unavailable("The upstream names its authorization server no more; the registration with that one is kept.");
        }

        if (metadata.RegistrationEndpoint is null || ClientRegistrationPolicy.MethodFor(metadata.AuthMethods) is not { } method)
        {
            return UpstreamClientResult.Rejected("The authorization server offers no way to become its client; configure a client id.");
        }

        var result = await RegisterAsync(provider, metadata.RegistrationEndpoint, method);
        return result.Client is { } registered ? await KeepAsync(provider, registered, (stored?.Generation ?? 0) + 1, keepsFormer: stored is not null && Stands(stored, provider)) : result;
    }

    // The newest for this redirect URI, be it the current one or not: nodes that are known by different URLs, or by another one for a while, do not register in turns.
    private async Task<UpstreamClientResult?> FindOwnAsync(Provider provider) =>
        await store.FindForAsync(provider.Name, provider.Issuer!, own.CallbackOf(provider), CancellationToken.None) is { } stored && Stands(stored, provider) ? Open(stored) : null;

    /// <summary>Whether the registration is still one: with this issuer, known there and not about to end.</summary>
    private bool Stands(StoredUpstreamClient stored, Provider provider)
    {
        var now = time.GetUtcNow();
        var refused = _refused.ContainsKey((provider.Name, stored.ClientId)) && now >= stored.CreatedAt + MinAge;
        return !refused && stored.Issuer == provider.Issuer && !(stored.SecretExpiresAt <= now + SecretMargin);
    }

    // One that does not open is not taken for none: another would end every credential of its client.
    private UpstreamClientResult Open(StoredUpstreamClient stored)
    {
        var (client, outcome) = _sealer.Open(stored);
        if (client is not null)
        {
            return UpstreamClientResult.Of(client);
        }

        UpstreamLog.ClientNotOpened(logger, stored.Provider, stored.Generation, outcome);
        return UpstreamClientResult.Unavailable($"The stored registration does not open: {outcome}.");
    }

    private async Task<UpstreamClientResult> RegisterAsync(Provider provider, Uri endpoint, string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new StringContent(ClientRegistrationPolicy.Request(own, provider, method), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json");
        var response = await http.SendAsync(request, TrustedOrigins.Of(provider), CancellationToken.None);
        if (response.Outcome is GuardedOutcome.Unreachable or GuardedOutcome.TimedOut
            || (response.Outcome == GuardedOutcome.Answered && ((int)response.Status >= 500 || response.Status == HttpStatusCode.TooManyRequests)))
        {
            return UpstreamClientResult.Unavailable("The registration endpoint does not answer now.");
        }

        using var document = response is { Outcome: GuardedOutcome.Answered, Status: HttpStatusCode.Created or HttpStatusCode.OK, IsJson: true }
            ? StrictJson.ParseObject(response.Body)
            : null;
        return document is not null && ClientRegistrationPolicy.Read(document.RootElement, method) is { } client
            ? UpstreamClientResult.Of(client)
            : UpstreamClientResult.Rejected("The registration endpoint made no usable client.");
    }

    private async Task<UpstreamClientResult> KeepAsync(Provider provider, RegisteredUpstreamClient client, int generation, bool keepsFormer)
    {
        var now = time.GetUtcNow();
        var row = _sealer.Seal(
            new StoredUpstreamClient
            {
                Provider = provider.Name,
                Issuer = provider.Issuer!,
                Generation = generation,
                ClientId = client.ClientId,
                AuthMethod = client.AuthMethod,
                SecretExpiresAt = client.SecretExpiresAt,
                RedirectUri = own.CallbackOf(provider),
                CreatedAt = now,
            },
            client.ClientSecret);
        var audit = new AuditEvent
        {
            At = now,
            Action = AuditActions.UpstreamClientRegistered,
            Actor = "system",
            Target = $"provider:{provider.Name}",
            Reason = $"generation {generation}",
        };
        if (await store.PutAsync(row, keepsFormer, audit, CancellationToken.None) == UpstreamClientPutOutcome.Stored)
        {
            UpstreamLog.ClientRegistered(logger, provider.Name, generation);
            return UpstreamClientResult.Of(client);
        }

        // Another node was faster: its client is the provider's, and this one is never used.
        return await FindOwnAsync(provider) ?? UpstreamClientResult.Unavailable("The registration changed meanwhile.");
    }

    /// <summary>That a client was refused.</summary>
    /// <param name="At">When, the first time.</param>
    /// <param name="Again">Whether it was again, <see cref="MinAge"/> later or more.</param>
    private readonly record struct Refusal(DateTimeOffset At, bool Again);
}
