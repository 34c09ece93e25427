using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.OAuth;
using Keyholder.Storage;
using Microsoft.Extensions.Logging;

namespace Keyholder.Clients;

/// <summary>Dynamic registration (RFC 7591): anyone may register, so everything a client says about itself is checked, bounded and self-asserted.</summary>
public sealed partial class ClientRegistration(
    IClientStore clients, IAuditStore audit, ClientRegistrationOptions options, TimeProvider clock, ILogger<ClientRegistration> logger)
{
    /// <summary>The largest registration request, in bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>What every minted client id begins with, so none looks like the URL of a client-id metadata document.</summary>
    private const string IdPrefix = "kh_cl_";

    /// <summary>
    /// Registers the client described by <paramref name="body"/> (a JSON object). <see cref="OAuthErrors.InvalidClientMetadata"/>, <see cref="OAuthErrors.InvalidRedirectUri"/>,
    /// or <see cref="OAuthErrors.TemporarilyUnavailable"/> when the cap is reached and no client may be evicted; after an error nothing is stored.
    /// </summary>
    /// <param name="body">At most <see cref="MaxBodyBytes"/>.</param>
    /// <param name="remoteAddress">For the audit trail.</param>
    /// <param name="requestId">For the audit trail.</param>
    /// <param name="cancellationToken">Gives the registration up.</param>
    public async Task<OAuthResult<RegisteredClient>> RegisterAsync(
        ReadOnlyMemory<byte> body, string? remoteAddress, string? requestId, CancellationToken cancellationToken)
    {
        if (body.Length > MaxBodyBytes)
        {
            return OAuthErrors.InvalidClientMetadata.Describe("The body is larger than 64 KiB.") with { Status = 413 };
        }

        var read = ClientMetadataReader.Read(body, options.AllowPrivateUseSchemes, ClientAuthMethods.Registrable);
        if (read.Failed)
        {
            return read.Error;
        }

        var now = clock.GetUtcNow();
        var secret = read.Value.TokenEndpointAuthMethod == ClientAuthMethods.None ? null : ClientSecret.Create();
        var registrationToken = ClientSecret.Create();
        var client = Mint(read.Value, secret, registrationToken, now);
        var outcome = await clients.AddAsync(client, options.Capacity, now - options.MinimumEvictionAge, now, cancellationToken);
        switch (outcome)
        {
            case ClientAddOutcome.Added:
                await audit.AppendAsync(Registered(client, remoteAddress, requestId), CancellationToken.None);
                LogRegistered(logger, client.Id, client.TokenEndpointAuthMethod);
                return new RegisteredClient(client, secret, registrationToken);
            case ClientAddOutcome.Full:
                LogFull(logger, options.Capacity);
                return OAuthErrors.TemporarilyUnavailable.Describe("No more clients can be registered now.");
            default:
                return OAuthErrors.ServerError.Because($"The client store answered {outcome} for a new id.");
        }
    }

    private Client Mint(ClientMetadata metadata, string? secret, string registrationToken, DateTimeOffset now)
    {
        var id = IdPrefix + Base64UrlText.Encode(RandomNumberGenerator.GetBytes(16));
        return metadata.ToClient(id, ClientSource.Dynamic, now) with
        {
            SecretHash = secret is null ? null : ClientSecret.Hash(secret),
            RegistrationTokenHash = ClientSecret.Hash(registrationToken),
            ExpiresAt = now + options.Lifetime,
        };
    }

    private static AuditEvent Registered(Client client, string? remoteAddress, string? requestId) => new()
    {
        At = client.CreatedAt,
        Action = AuditActions.ClientRegistered,
        Actor = $"client:{client.Id}",
        Target = $"client:{client.Id}",
        RemoteAddress = remoteAddress,
        RequestId = requestId,
    };

    [LoggerMessage(1000, LogLevel.Information, "Registered client {ClientId} with {AuthMethod}")]
    private static partial void LogRegistered(ILogger logger, string clientId, string authMethod);

    [LoggerMessage(1001, LogLevel.Warning, "Refused a registration: all {Capacity} dynamic clients are new or in use")]
    private static partial void LogFull(ILogger logger, int capacity);
}
