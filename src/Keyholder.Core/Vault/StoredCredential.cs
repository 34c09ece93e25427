using Keyholder.Sessions;

namespace Keyholder.Vault;

/// <summary>A credential as a row: everything but the secret in clear, the secret as one sealed envelope.</summary>
public sealed record StoredCredential
{
    /// <summary>16 random bytes; part of the envelope's additional data.</summary>
    public required byte[] RowId { get; init; }

    public required CredentialKey Key { get; init; }

    public required CredentialKind Kind { get; init; }

    /// <summary>1 for the first write, then +1; part of the envelope's additional data.</summary>
    public required long Version { get; init; }

    /// <summary>The vault envelope (see docs/storage-schema.md).</summary>
    public required byte[] Envelope { get; init; }

    public required CredentialStatus Status { get; init; }

    public string? StatusReason { get; init; }

    /// <summary>The account at the provider, when known; checked when a refresh or a reconnect names one.</summary>
    public string? ProviderSubject { get; init; }

    /// <summary>Who a credential of one session was connected for; null = whoever <see cref="Key"/> says.</summary>
    public CredentialBinding? Binding { get; init; }

    /// <summary>When the access token expires; null = it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The resources that refuse it. Read with it, never written with it: see <see cref="Storage.ICredentialRefusalStore"/>.</summary>
    public IReadOnlyList<CredentialRefusal> Refusals { get; init; } = [];

    /// <summary>The virtual key it is for, whether the key owns it or a session of the key does; null when it is for no key.</summary>
    public string? VirtualKeyId =>
        Key.Owner is { Kind: CredentialOwnerKind.VirtualKey } owner ? owner.Id
        : Binding is { Subject: { Kind: SubjectKind.VirtualKey } subject } ? subject.Id
        : null;

    /// <summary>The refusal by a resource, if there is one.</summary>
    public CredentialRefusal? RefusalBy(string resource) => CredentialRefusal.By(resource, Refusals);

    /// <summary>What resources want of it beyond what it was granted. Read with it, as the refusals are.</summary>
    public IReadOnlyList<ScopeDemand> ScopeDemands { get; init; } = [];

    /// <summary>The demand of a resource, if there is one.</summary>
    public ScopeDemand? DemandOf(string resource) => ScopeDemands.FirstOrDefault(demand => demand.Resource == resource);

    /// <inheritdoc />
    public override string ToString() => $"credential {Key} v{Version} ({Status})";
}
