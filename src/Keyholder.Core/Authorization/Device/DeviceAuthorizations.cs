using System.Security.Cryptography;
using System.Text;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Authorization.Device;

/// <summary>
/// The device authorization grant (RFC 8628) up to the moment a person takes over: a device asks for its two codes, and the person who enters one of them begins an authorization request
/// that goes the way of every other one.
/// </summary>
public sealed class DeviceAuthorizations(
    IDeviceAuthorizationStore store, IResourceSource resources, OpaqueTokenFormats formats, ServerSecrets secrets, AuthorizationOptions options, TimeProvider time)
{
    private const int Attempts = 5;

    private readonly byte[] _userCodeKey = secrets.Derive("user-code");

    /// <summary>Stores a request of an authenticated client, judged as the authorization endpoint judges, and returns its codes.</summary>
    /// <exception cref="InvalidOperationException">No free user code was found, which chance does not explain.</exception>
    public async Task<OAuthResult<StartedDeviceAuthorization>> StartAsync(Client client, OAuthParameters parameters, CancellationToken cancellationToken)
    {
        if (!client.GrantTypes.Contains(GrantTypes.DeviceCode))
        {
            return OAuthErrors.UnauthorizedClient;
        }

        var access = RequestedAccess.Find(parameters["resource"], parameters["scope"], client, resources.Current);
        if (access.Failed)
        {
            return access.Error;
        }

        var deviceCode = new OpaqueToken(SessionId.Create(), generation: 0, TokenSecret.Create());
        var now = time.GetUtcNow();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var userCode = UserCode.Create();
            var device = new DeviceAuthorization
            {
                SessionId = deviceCode.SessionId,
                DeviceCodeHash = deviceCode.Secret.Hash(),
                UserCodeHash = Hash(userCode),
                ClientId = client.Id,
                Resource = access.Value.Resource,
                Scopes = access.Value.Scopes,
                Interval = options.DevicePollInterval,
                NextPollAt = now,
                CreatedAt = now,
                ExpiresAt = now + options.DeviceCodeLifetime,
            };
            if (await store.AddAsync(device, cancellationToken))
            {
                return new StartedDeviceAuthorization(formats.DeviceCode.Format(deviceCode), UserCode.Display(userCode), options.DeviceCodeLifetime, options.DevicePollInterval);
            }
        }

        throw new InvalidOperationException("Every user code that was tried is in use.");
    }

    /// <summary>Begins the one authorization request of the device whose code was entered, for the browser it was entered in.</summary>
    /// <param name="userCode">As <see cref="UserCode.TryParse"/> read it.</param>
    /// <param name="requestId">The id of the request, if this begins it.</param>
    /// <param name="browserHash">SHA-256 of the browser-binding cookie.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    /// <returns>The id of the request, which may have been begun before, and in another browser; null when no device waits with that code.</returns>
    public async Task<string?> BeginAsync(string userCode, string requestId, byte[] browserHash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await store.FindByUserCodeAsync(Hash(userCode), cancellationToken) is not { } device || now >= device.ExpiresAt)
        {
            return null;
        }

        var request = new AuthorizationRequest
        {
            Id = requestId,
            Phase = AuthorizationPhase.SignIn,
            BrowserHash = browserHash,
            SessionId = device.SessionId,
            ClientId = device.ClientId,
            RedirectUri = "",
            RedirectUriWasSent = false,
            CodeChallenge = "",
            DeviceCodeHash = device.DeviceCodeHash,
            Resource = device.Resource,
            Scopes = device.Scopes,
            CreatedAt = now,
            ExpiresAt = device.ExpiresAt,
        };
        return await store.BeginAsync(request, now, cancellationToken);
    }

    private byte[] Hash(string userCode) => HMACSHA256.HashData(_userCodeKey, Encoding.ASCII.GetBytes(userCode));
}
