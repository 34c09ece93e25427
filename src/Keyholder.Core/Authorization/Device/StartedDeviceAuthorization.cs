namespace Keyholder.Authorization.Device;

/// <summary>What a device is told once (RFC 8628 section 3.2).</summary>
/// <param name="DeviceCode">Secret: what the device polls with.</param>
/// <param name="UserCode">Secret until it has been used: what the person enters, as shown.</param>
/// <param name="ExpiresIn">How long both can be used.</param>
/// <param name="Interval">How long to wait between two polls.</param>
public sealed record StartedDeviceAuthorization(string DeviceCode, string UserCode, TimeSpan ExpiresIn, TimeSpan Interval)
{
    /// <inheritdoc />
    public override string ToString() => "started device authorization";
}
