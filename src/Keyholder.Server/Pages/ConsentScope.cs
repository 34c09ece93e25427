namespace Keyholder.Server.Pages;

/// <summary>A scope on the consent page.</summary>
public sealed record ConsentScope(string Name, string Description, bool ApprovedBefore);
