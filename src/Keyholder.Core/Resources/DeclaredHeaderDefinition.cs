namespace Keyholder.Resources;

/// <summary>A header people submit, as the operator wrote it, not validated yet.</summary>
public sealed record DeclaredHeaderDefinition
{
    /// <summary>What the form calls it. Default: the header's name.</summary>
    public string? Label { get; init; }

    /// <summary>Whether a credential needs it.</summary>
    public bool Required { get; init; } = true;

    /// <summary>What goes before the submitted value, such as <c>"Bearer "</c>, so that people need not type it.</summary>
    public string? Prefix { get; init; }

    /// <inheritdoc />
    public override string ToString() => "header definition";
}
