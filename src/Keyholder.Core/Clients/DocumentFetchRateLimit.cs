namespace Keyholder.Clients;

/// <summary>How often one address may make the server fetch a metadata document it has not seen lately.</summary>
public sealed class DocumentFetchRateLimit(ClientMetadataDocumentOptions options, TimeProvider clock) : AddressRateLimit(options.PerAddressPerMinute, clock);
