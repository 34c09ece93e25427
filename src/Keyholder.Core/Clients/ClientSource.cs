namespace Keyholder.Clients;

/// <summary>Where a client's metadata comes from; shown on the consent page.</summary>
public enum ClientSource
{
    /// <summary>Self-asserted through dynamic registration (RFC 7591).</summary>
    Dynamic,

    /// <summary>Named in the configuration by the operator.</summary>
    Configured,

    /// <summary>Fetched from the client id's own URL (client-id metadata document).</summary>
    MetadataDocument,
}
