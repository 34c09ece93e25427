namespace Keyholder.Import;

/// <summary>A line of an import file as it is written (docs/operations.md). Secret.</summary>
internal sealed record ImportLine
{
    public string? Kind { get; init; }

    public string? Session { get; init; }

    public string? Provider { get; init; }

    public string? AccessToken { get; init; }

    public string? TokenType { get; init; }

    public string? RefreshToken { get; init; }

    public string? ExpiresAt { get; init; }

    public string? Scope { get; init; }

    public string? Account { get; init; }

    public string? Subject { get; init; }

    public string? User { get; init; }

    public string? DisplayName { get; init; }

    public override string ToString() => "import line";
}
