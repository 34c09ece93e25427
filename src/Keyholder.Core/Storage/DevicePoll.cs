using Keyholder.Sessions;

namespace Keyholder.Storage;

/// <summary>A poll of a device.</summary>
/// <param name="SessionId">The session its device code names.</param>
/// <param name="DeviceCodeHash">SHA-256 of the code's secret.</param>
/// <param name="ClientId">Who polls.</param>
/// <param name="Resource">The resource the poll names; null when it names none. Has to equal the device's.</param>
public sealed record DevicePoll(SessionId SessionId, byte[] DeviceCodeHash, string ClientId, string? Resource);
