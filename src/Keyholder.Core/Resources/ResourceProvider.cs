namespace Keyholder.Resources;

/// <summary>A provider whose credential a resource's upstream wants.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Required">Whether a request needs its credential. One that is not required contributes when it is there.</param>
/// <param name="Header">
/// The header an OAuth access token goes out in by itself; null = <c>Authorization: Bearer</c>. Always null for <see cref="ProviderKind.Headers"/>,
/// whose declared headers go out as they are.
/// </param>
public sealed record ResourceProvider(Provider Provider, bool Required = true, string? Header = null)
{
    /// <summary>The headers its credential can set; names are compared without case.</summary>
    public IEnumerable<string> HeaderNames => Provider.Kind == ProviderKind.Headers ? Provider.Headers.Select(h => h.Name) : [Header ?? "Authorization"];

    /// <inheritdoc />
    public override string ToString() => Provider.ToString();
}
