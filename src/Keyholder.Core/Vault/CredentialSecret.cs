using System.Text.Json.Serialization;

namespace Keyholder.Vault;

/// <summary>What a credential's envelope holds. Lives in clear only in memory.</summary>
public abstract record CredentialSecret
{
    /// <summary>What it is.</summary>
    [JsonIgnore]
    public abstract CredentialKind Kind { get; }
}
