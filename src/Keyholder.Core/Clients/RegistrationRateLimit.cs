namespace Keyholder.Clients;

/// <summary>How often one address may register a client.</summary>
public sealed class RegistrationRateLimit(ClientRegistrationOptions options, TimeProvider clock) : AddressRateLimit(options.PerAddressPerMinute, clock);
