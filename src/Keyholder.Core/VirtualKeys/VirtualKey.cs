using System.Security.Cryptography;

namespace Keyholder.VirtualKeys;

/// <summary>
/// A bearer key with explicit grants, for agents without a person beside them. Its secret is stored hashed. After a rotation the secret before it works on
/// until the overlap ends.
/// </summary>
public sealed record VirtualKey
{
    /// <summary>16 random bytes in base64url; part of the key, and the subject id of its sessions.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it (<see cref="VirtualKeyRules.IsName"/>); unique among the keys there are.</summary>
    public required string Name { get; init; }

    /// <summary>The user the key belongs to, who has to be active for it to work; null = nobody's.</summary>
    public string? OwnerUserId { get; init; }

    /// <summary>1, then +1 per rotation; part of the key.</summary>
    public required uint Generation { get; init; }

    /// <summary>SHA-256 of the newest secret; null once the kill switch ended it, until the next rotation.</summary>
    public byte[]? SecretHash { get; init; }

    /// <summary>When the newest secret was made: what cut-offs of the kill switch are compared with.</summary>
    public required DateTimeOffset SecretIssuedAt { get; init; }

    /// <summary>What is left of the secret before the newest one; null when nothing is.</summary>
    public PreviousSecret? Previous { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is refused; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Since when it is refused, until it is activated again; null while it is active.</summary>
    public DateTimeOffset? DeactivatedAt { get; init; }

    /// <summary>When it was used last, as far as that was written down: uses are collected and written in batches.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Whether the configuration declares it; false = it did once; null = it was made by other means, and the configuration leaves it alone.</summary>
    public bool? Declared { get; init; }

    /// <summary>Whether it is inactive only because the configuration declares it no more: declared again, it is active again.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>Whether the key itself can be used; the owner is another question.</summary>
    public VirtualKeyStatus StatusAt(DateTimeOffset now) =>
        DeactivatedAt is not null ? VirtualKeyStatus.Inactive
        : ExpiresAt <= now ? VirtualKeyStatus.Expired
        : VirtualKeyStatus.Active;

    /// <summary>When the presented secret was made and when it stops working; null when it is none of the key's that works at <paramref name="now"/>.</summary>
    public (DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)? FindSecret(PresentedSecret presented, DateTimeOffset now)
    {
        var keyEnds = ExpiresAt ?? DateTimeOffset.MaxValue;
        if (SecretHash is { } newest && presented.Generation == Generation && CryptographicOperations.FixedTimeEquals(newest, presented.Hash))
        {
            return (SecretIssuedAt, keyEnds);
        }

        return Previous is { } previous
            && presented.Generation + 1 == Generation
            && now < previous.ExpiresAt
            && CryptographicOperations.FixedTimeEquals(previous.Hash, presented.Hash)
                ? (previous.IssuedAt, previous.ExpiresAt < keyEnds ? previous.ExpiresAt : keyEnds)
                : null;
    }

    /// <summary>Whether any secret of it is left: the kill switch ends secrets, and a rotation makes one.</summary>
    public bool HasSecretAt(DateTimeOffset now) => SecretHash is not null || Previous?.ExpiresAt > now;

    /// <inheritdoc />
    public override string ToString() => $"virtual key {Id}";
}
