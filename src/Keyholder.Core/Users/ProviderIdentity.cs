namespace Keyholder.Users;

/// <summary>Who a provider says a person is. Never linked by e-mail.</summary>
/// <param name="Provider">The provider's logical name in the configuration.</param>
/// <param name="Subject">The provider's stable subject identifier.</param>
public sealed record ProviderIdentity(string Provider, string Subject);
