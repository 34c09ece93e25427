namespace Keyholder.Resources;

/// <summary>How the client's token is exchanged for one of the upstream (RFC 8693). Immutable and validated.</summary>
public sealed record TokenExchange
{
    /// <summary>The provider whose token endpoint exchanges.</summary>
    public required Provider Provider { get; init; }

    /// <summary>The <c>audience</c> to ask for; null = none.</summary>
    public string? Audience { get; init; }

    /// <summary>The scopes to ask for, and the only ones to accept; empty = none are asked for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public SubjectTokenType SubjectTokenType { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"token exchange with {Provider.Name}";
}
