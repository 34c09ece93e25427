namespace Keyholder.Resources;

/// <summary>A provider of a resource, as the operator wrote it, not validated yet.</summary>
public sealed record ResourceProviderDefinition
{
    /// <summary>The provider: a key of <c>providers</c>. Required.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether a request needs its credential; one that is not required can be connected later.</summary>
    public bool Required { get; init; } = true;

    /// <summary>The header the access token goes out in, alone; left out = <c>Authorization: Bearer</c>. Not for kind <c>headers</c>.</summary>
    public string? Header { get; init; }

    /// <inheritdoc />
    public override string ToString() => "resource provider definition";
}
