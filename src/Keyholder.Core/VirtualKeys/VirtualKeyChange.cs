namespace Keyholder.VirtualKeys;

/// <summary>What an update changes of a virtual key; what is null stays.</summary>
public sealed record VirtualKeyChange
{
    public string? Name { get; init; }

    public Assigned<string?>? OwnerUserId { get; init; }

    public Assigned<DateTimeOffset?>? ExpiresAt { get; init; }

    /// <summary>Whether the key can be used.</summary>
    public bool? Active { get; init; }

    /// <summary>The key after the change; equal to <paramref name="key"/> when the change says nothing new.</summary>
    public VirtualKey ApplyTo(VirtualKey key, DateTimeOffset now) => key with
    {
        Name = Name ?? key.Name,
        OwnerUserId = OwnerUserId is { } owner ? owner.Value : key.OwnerUserId,
        ExpiresAt = ExpiresAt is { } expiry ? expiry.Value : key.ExpiresAt,
        DeactivatedAt = Active switch
        {
            true => null,
            false => key.DeactivatedAt ?? now,
            null => key.DeactivatedAt,
        },

        // Whoever deactivates it means it for longer than the configuration does.
        Withdrawn = key.Withdrawn && Active is null,
    };

    /// <summary>Whether a key may become <paramref name="changed"/> by other means than the configuration: what that declares is changed there, but anybody may switch a declared key off and on.</summary>
    public static bool IsAllowed(VirtualKey key, VirtualKey changed) =>
        key.Declared is null
        || ((changed.DeactivatedAt is not null || key.Declared == true) && changed with { DeactivatedAt = key.DeactivatedAt, Withdrawn = key.Withdrawn } == key);
}
