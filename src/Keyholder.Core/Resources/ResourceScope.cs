namespace Keyholder.Resources;

/// <summary>A scope of a resource.</summary>
/// <param name="Name">An RFC 6749 scope-token.</param>
/// <param name="Description">What the consent page says it allows.</param>
/// <param name="AdministratorsOnly">Whether only administrators can grant it.</param>
public sealed record ResourceScope(string Name, string Description, bool AdministratorsOnly = false);
