namespace Keyholder.Server.Configuration;

/// <summary>Where the vault's key ring comes from.</summary>
public sealed record VaultConfiguration
{
    /// <summary>The key file, made on the first start when missing. Default: <c>vault.key</c> beside the SQLite database; with PostgreSQL it, or keys, has to be named.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The keys themselves, <c>id:key</c> with 32 bytes of base64 or hex, oldest first; the last one seals. Used in place of a key file.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <inheritdoc />
    public override string ToString() => Keys.Count > 0 ? $"{Keys.Count} vault keys" : "vault key file";
}
