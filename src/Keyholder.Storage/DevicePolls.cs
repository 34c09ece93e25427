using System.Security.Cryptography;
using Keyholder.Authorization;
using Keyholder.Authorization.Device;

namespace Keyholder.Storage;

/// <summary>What a poll finds and leaves behind, judged from the rows as they are. The same rules for every backend.</summary>
internal static class DevicePolls
{
    private static readonly TimeSpan SlowDown = TimeSpan.FromSeconds(5);

    /// <summary>The outcome, and the device as it is afterwards: null when nothing changes.</summary>
    /// <param name="poll">The poll.</param>
    /// <param name="device">The device, or null.</param>
    /// <param name="phase">How far the device's authorization request has come; null before a person began it.</param>
    /// <param name="now">The moment.</param>
    public static (DevicePollOutcome Outcome, DeviceAuthorization? Changed) Decide(DevicePoll poll, DeviceAuthorization? device, AuthorizationPhase? phase, DateTimeOffset now)
    {
        if (device is null)
        {
            return (DevicePollOutcome.NotFound, null);
        }

        if (!CryptographicOperations.FixedTimeEquals(poll.DeviceCodeHash, device.DeviceCodeHash)
            || poll.ClientId != device.ClientId
            || (poll.Resource is not null && poll.Resource != device.Resource))
        {
            return (DevicePollOutcome.Mismatch, null);
        }

        // An approved device goes on to its session, which knows what became of it.
        if (device.ExpiresAt <= now && phase != AuthorizationPhase.Completed)
        {
            return (DevicePollOutcome.Expired, null);
        }

        if (now < device.NextPollAt)
        {
            var interval = device.Interval + SlowDown;
            return (DevicePollOutcome.SlowDown, device with { Interval = interval, NextPollAt = now + interval });
        }

        var outcome = phase switch
        {
            AuthorizationPhase.Completed => DevicePollOutcome.Approved,
            AuthorizationPhase.Failed => DevicePollOutcome.Denied,
            _ => DevicePollOutcome.Pending,
        };
        return (outcome, device with { NextPollAt = now + device.Interval });
    }
}
