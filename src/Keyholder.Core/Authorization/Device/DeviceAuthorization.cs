using Keyholder.Sessions;

namespace Keyholder.Authorization.Device;

/// <summary>A device's pending authorization (RFC 8628 section 3.2), as stored. What a person decided is in the authorization request that is begun for it, under the same session id.</summary>
public sealed record DeviceAuthorization
{
    /// <summary>The session the device will get; also the first field of its device code.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>SHA-256 of the device code's secret.</summary>
    public required byte[] DeviceCodeHash { get; init; }

    /// <summary>HMAC-SHA256 of the user code under a key of the server: so short a code could be found from a bare hash.</summary>
    public required byte[] UserCodeHash { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The resource URI.</summary>
    public required string Resource { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>How long the device has to wait between two polls; five seconds longer after each that came too early.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>From when on the device may poll again.</summary>
    public required DateTimeOffset NextPollAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"device authorization of {ClientId} for {Resource}";
}
