namespace Keyholder.Storage;

/// <summary>
/// A column of envelopes of the vault's key ring, the same in every backend. <see cref="All"/> is the one list of them: what stands here follows a change of keys, and
/// keeps its key from being retired; what does not, is lost with its key.
/// </summary>
/// <param name="Kind">What it seals.</param>
/// <param name="Table">The table.</param>
/// <param name="Key">A unique column.</param>
/// <param name="FirstKey">What every value of that column comes after.</param>
/// <param name="Envelope">The column.</param>
/// <param name="Bound">The columns its additional data is made of, in the order of <see cref="SealedRow.Bound"/>.</param>
internal sealed record SealedColumn(SealedKind Kind, string Table, string Key, object FirstKey, string Envelope, string Bound)
{
    /// <summary>Every column of envelopes.</summary>
    public static readonly IReadOnlyList<SealedColumn> All =
    [
        new(SealedKind.Credential, "credentials", "row_id", Array.Empty<byte>(), "envelope", "owner_kind, owner_id, provider, kind, provider_subject, row_id, version, bound_subject, bound_client"),
        new(SealedKind.UpstreamRevocation, "upstream_revocations", "id", Array.Empty<byte>(), "envelope", "owner_kind, owner_id, provider, 'oauth', provider_subject, id, version, bound_subject, bound_client"),
        new(SealedKind.ConnectionFlow, "connection_flows", "state_hash", Array.Empty<byte>(), "sealed_secrets", "state_hash, provider"),
        new(SealedKind.ServerSecret, "server_secrets", "name", "", "sealed", "name"),
        new(SealedKind.SigningKey, "signing_keys", "id", "", "sealed_private_key", "id"),
        new(SealedKind.UpstreamClient, "upstream_clients", "provider", "", "envelope", "provider, issuer, generation, client_id"),
        new(SealedKind.FormerUpstreamClient, "former_upstream_clients", "id", "", "envelope", "provider, issuer, generation, client_id"),
    ];

    /// <summary>Reads at most <c>@limit</c> rows after <c>@after</c>: key, envelope, then what is bound.</summary>
    public string Select { get; } = $"SELECT {Key}, {Envelope}, {Bound} FROM {Table} WHERE {Envelope} IS NOT NULL AND {Key} > @after ORDER BY {Key} LIMIT @limit";

    /// <summary>As <see cref="Select"/>, of those that name the key <c>@mark</c>.</summary>
    public string SelectOfMark { get; } =
        $"SELECT {Key}, {Envelope}, {Bound} FROM {Table} WHERE {Mark(Envelope)} = @mark AND {Key} > @after ORDER BY {Key} LIMIT @limit";

    /// <summary>A row when there is an envelope that names the key <c>@mark</c>.</summary>
    public string Any { get; } = $"SELECT 1 FROM {Table} WHERE {Mark(Envelope)} = @mark LIMIT 1";

    /// <summary>How many envelopes name which key.</summary>
    public string Count { get; } = $"SELECT {Mark(Envelope)}, COUNT(*) FROM {Table} WHERE {Envelope} IS NOT NULL GROUP BY {Mark(Envelope)} ORDER BY {Mark(Envelope)}";

    /// <summary>The column of a kind.</summary>
    public static SealedColumn Of(SealedKind kind) => All.First(column => column.Kind == kind);

    // Format 1 byte, then the mark of 8: docs/adr/0004-envelope-format.md.
    private static string Mark(string envelope) => $"substr({envelope}, 2, 8)";
}
