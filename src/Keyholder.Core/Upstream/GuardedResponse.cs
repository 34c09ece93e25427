using System.Net;

namespace Keyholder.Upstream;

/// <summary>The answer to a guarded request; all but <see cref="Outcome"/> only when answered.</summary>
public sealed record GuardedResponse(GuardedOutcome Outcome)
{
    public HttpStatusCode Status { get; init; }

    /// <summary>The media type in lower case without parameters; null when absent or malformed.</summary>
    public string? MediaType { get; init; }

    /// <summary>The whole body. May be secret.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>What <c>Retry-After</c> asks for (RFC 9110 section 10.2.3), not negative; null when absent or malformed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How much longer the answer may be kept (RFC 9111 section 4.2.1), not negative; zero when it must not be; null when it does not say.</summary>
    public TimeSpan? FreshFor { get; init; }

    /// <summary>The values of <c>WWW-Authenticate</c> as they came.</summary>
    public IReadOnlyList<string> Challenges { get; init; } = [];

    /// <summary>Whether the answer is JSON by its media type.</summary>
    public bool IsJson => MediaType is "application/json";

    /// <inheritdoc />
    public override string ToString() => Outcome == GuardedOutcome.Answered ? $"guarded response {(int)Status}" : $"guarded response ({Outcome})";
}
