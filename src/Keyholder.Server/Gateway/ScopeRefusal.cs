namespace Keyholder.Server.Gateway;

/// <summary>A feature of a request whose upstream said that the scopes of its token do not suffice.</summary>
/// <param name="Scopes">The scopes it asks for.</param>
internal sealed record ScopeRefusal(IReadOnlyList<string> Scopes);
