using System.Globalization;
using Keyholder.Server.Hosting;

namespace Keyholder.Server.Commands;

/// <summary>Moments as people write them on the command line.</summary>
internal static class MomentText
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>The moment an ISO 8601 date means, UTC unless it names an offset; null for any other text.</summary>
    public static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : null;

    /// <summary>As <see cref="Parse"/>; null for null.</summary>
    /// <exception cref="StartException">It is no date.</exception>
    public static DateTimeOffset? Read(string? text) =>
        text is null ? null : Parse(text) ?? throw new StartException($"'{text}' is no date; write it as 2030-12-31 or 2030-12-31T23:59:59Z");
}
