namespace Keyholder.Import;

/// <summary>An identity of an import file.</summary>
/// <param name="Line">Its line.</param>
/// <param name="ProviderType">What its provider was called: the protocol it speaks.</param>
/// <param name="Subject">The provider's subject identifier.</param>
/// <param name="User">Whose it is: a local user's name or a user id; null = a new user.</param>
/// <param name="DisplayName">The name of a new user, for pages.</param>
public sealed record ImportedIdentity(int Line, string ProviderType, string Subject, string? User, string? DisplayName);
