using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>A virtual key as the API shows it. <paramref name="Declared"/> says whether the configuration declares it, null that it never
/// did; <paramref name="Key"/> is the key itself, there only in the answer that made it.</summary>
internal sealed record VirtualKeyDocument(
    string Id,
    string Name,
    string Status,
    string? UserId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? DeactivatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset SecretIssuedAt,
    bool SecretRevoked,
    DateTimeOffset? PreviousSecretExpiresAt,
    bool? Declared,
    string? Key)
{
    /// <summary>The document of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="now">The moment its status is shown for.</param>
    /// <param name="text">The key itself, when it was made just now.</param>
    public static VirtualKeyDocument Of(VirtualKey key, DateTimeOffset now, string? text = null) => new(
        key.Id,
        key.Name,
        StatusWord(key.StatusAt(now)),
        key.OwnerUserId,
        key.CreatedAt,
        key.ExpiresAt,
        key.DeactivatedAt,
        key.LastUsedAt,
        key.SecretIssuedAt,
        key.SecretHash is null,
        key.Previous is { } previous && now < previous.ExpiresAt ? previous.ExpiresAt : null,
        key.Declared,
        text);

    /// <summary>The word for a status.</summary>
    public static string StatusWord(VirtualKeyStatus status) => status switch
    {
        VirtualKeyStatus.Active => "active",
        VirtualKeyStatus.Inactive => "inactive",
        _ => "expired",
    };

    /// <inheritdoc />
    public override string ToString() => $"virtual key {Id}";
}
