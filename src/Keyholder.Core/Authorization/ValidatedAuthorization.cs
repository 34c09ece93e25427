namespace Keyholder.Authorization;

/// <summary>What an authorization request asks for, after every check that needs no person.</summary>
/// <param name="CodeChallenge">The S256 challenge.</param>
/// <param name="Resource">The canonical resource URI.</param>
/// <param name="Scopes">Scopes of the resource; never empty, never <c>offline_access</c>.</param>
/// <param name="Prompt">What the client wants asked in any case.</param>
/// <param name="MaxAge">How old the person's sign-in may be; null = any age.</param>
public sealed record ValidatedAuthorization(string CodeChallenge, string Resource, IReadOnlyList<string> Scopes, Prompt Prompt, TimeSpan? MaxAge);
