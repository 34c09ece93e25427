using System.ComponentModel.DataAnnotations;

namespace Keyholder.Clients;

/// <summary>Rules of client-id metadata documents: clients whose id is the https URL of their own description.</summary>
public sealed record ClientMetadataDocumentOptions
{
    /// <summary>Whether such clients are accepted, and the metadata says so. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether documents are fetched. Without, only <see cref="Copies"/> are known: for servers that reach no other network. Default true.</summary>
    public bool Fetch { get; init; } = true;

    /// <summary>Hosts (<c>app.example.com</c>) or their subdomains (<c>*.example.com</c>) documents may be fetched from. Default: every host.</summary>
    public IReadOnlyList<string> AllowedDomains { get; init; } = [];

    /// <summary>Client id → file with a copy of its document. Such a document is never fetched.</summary>
    public IReadOnlyDictionary<string, string> Copies { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>How long a fetch may take. Default 5 s; above 0, at most 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30", MinimumIsExclusive = true)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Documents not seen lately that one address may make the server fetch a minute. Default 20; at least 1.</summary>
    [Range(1, 1_000_000)]
    public int PerAddressPerMinute { get; init; } = 20;

    /// <summary>Whether documents may also be on http://localhost, http://127.0.0.1 and http://[::1]: for development alone. Default false.</summary>
    public bool AllowLoopback { get; init; }
}
