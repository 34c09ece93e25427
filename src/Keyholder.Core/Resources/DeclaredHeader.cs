namespace Keyholder.Resources;

/// <summary>A header whose value people submit to a provider of kind <see cref="ProviderKind.Headers"/>.</summary>
/// <param name="Name">The header name, trimmed and in lower case: the key of the value.</param>
/// <param name="Label">What the form calls it.</param>
/// <param name="Required">Whether a credential needs it.</param>
/// <param name="Prefix">What goes before the submitted value, such as <c>"Bearer "</c>; empty for none.</param>
public sealed record DeclaredHeader(string Name, string Label, bool Required, string Prefix);
