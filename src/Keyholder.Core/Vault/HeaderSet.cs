using System.Text.Json.Serialization;

namespace Keyholder.Vault;

/// <summary>Header values a person submitted, without the prefixes the operator declared. Secret: lives only in memory and inside an envelope.</summary>
public sealed record HeaderSet : CredentialSecret
{
    /// <summary>Name in lower case → value.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <inheritdoc />
    public override CredentialKind Kind => CredentialKind.Headers;

    /// <summary>The names in order: all of it that anyone may be shown.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Names => [.. Values.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc />
    public override string ToString() => "header set";
}
