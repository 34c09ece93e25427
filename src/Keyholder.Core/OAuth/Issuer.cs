namespace Keyholder.OAuth;

/// <summary>Keyholder's one canonical issuer: no trailing slash, no path drift, never derived from the Host header.</summary>
/// <param name="Value">For example <c>https://keys.example.com</c>; byte for byte the same in every document and token.</param>
public sealed record Issuer(string Value)
{
    /// <summary>The issuer as a URI.</summary>
    public Uri Uri { get; } = new(Value);

    /// <summary>An absolute URL below the issuer; <paramref name="path"/> begins with a slash.</summary>
    public string At(string path) => Value + path;

    /// <inheritdoc />
    public override string ToString() => Value;
}
