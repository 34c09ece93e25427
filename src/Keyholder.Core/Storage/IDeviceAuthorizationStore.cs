using Keyholder.Authorization;
using Keyholder.Authorization.Device;

namespace Keyholder.Storage;

/// <summary>Devices that wait for a person (RFC 8628).</summary>
public interface IDeviceAuthorizationStore
{
    /// <summary>Stores a new one; false, with nothing written, when its user code is another's.</summary>
    Task<bool> AddAsync(DeviceAuthorization device, CancellationToken cancellationToken);

    /// <summary>The one with that user code, expired or not, or null.</summary>
    Task<DeviceAuthorization?> FindByUserCodeAsync(byte[] userCodeHash, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the authorization request of a device, under whose session id and device code hash it is. There is one request per device: of all callers, one stores hers, and everybody
    /// gets the id of that one. Null, with nothing written, when the device is unknown or expired.
    /// </summary>
    Task<string?> BeginAsync(AuthorizationRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Records a poll and says what the device may be told. Of concurrent polls, one gets anything but <see cref="DevicePollOutcome.SlowDown"/>.</summary>
    Task<DevicePollOutcome> PollAsync(DevicePoll poll, DateTimeOffset now, CancellationToken cancellationToken);
}
