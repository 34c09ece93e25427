namespace Keyholder.Tokens;

/// <summary>A bearer token of the administration API that belongs to no user: the bootstrap credential, and those made on the command line. Stored hashed.</summary>
public sealed record AdminToken
{
    /// <summary>What the id of every admin token begins with, where the kill switch names it.</summary>
    public const string RevocationIdPrefix = "kh_ai_";

    /// <summary>16 random bytes in base64url; part of the token.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it; unique, revoked ones included.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the token's secret.</summary>
    public required byte[] SecretHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it is refused; null while it works.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The id it can be revoked by, alone.</summary>
    public string RevocationId => RevocationIdPrefix + Id;

    /// <inheritdoc />
    public override string ToString() => $"admin token {Name}";
}
