namespace Keyholder.Resources;

/// <summary>How the client's token is exchanged for one of the upstream, as the operator wrote it.</summary>
public sealed record ExchangeDefinition
{
    /// <summary>The provider whose token endpoint exchanges: a key of <c>providers</c>. Required.</summary>
    public string? Provider { get; init; }

    /// <summary>The <c>audience</c> to ask for. Default: none.</summary>
    public string? Audience { get; init; }

    /// <summary>The scopes to ask for; an answer with any other is refused. Default: none.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>What the client's token is said to be: <c>accessToken</c> or <c>jwt</c>.</summary>
    public SubjectTokenType SubjectTokenType { get; init; }

    /// <inheritdoc />
    public override string ToString() => "exchange definition";
}
