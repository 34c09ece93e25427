using Keyholder.Storage;

namespace Keyholder.Tokens;

/// <summary>When keys sign and when they may be forgotten. Pure.</summary>
public static class SigningKeySchedule
{
    // Between nodes' clocks.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The keys that have to be known at <paramref name="now"/>, in the order they sign. A key retires at its own <see cref="StoredSigningKey.RetiresAt"/>,
    /// or when the last token it can have signed before its successor took over has expired.
    /// </summary>
    public static IReadOnlyList<StoredSigningKey> Published(IEnumerable<StoredSigningKey> keys, DateTimeOffset now)
    {
        var ordered = keys.OrderBy(k => k.SignsFrom).ThenBy(k => k.CreatedAt).ThenBy(k => k.Id, StringComparer.Ordinal).ToList();
        return [.. ordered.Where((key, i) => now < RetiresAt(key, i + 1 < ordered.Count ? ordered[i + 1] : null))];
    }

    private static DateTimeOffset RetiresAt(StoredSigningKey key, StoredSigningKey? successor)
    {
        var superseded = successor is null ? DateTimeOffset.MaxValue : successor.SignsFrom + AccessTokenOptions.MaxLifetime + Margin;
        return key.RetiresAt < superseded ? key.RetiresAt.Value : superseded;
    }
}
