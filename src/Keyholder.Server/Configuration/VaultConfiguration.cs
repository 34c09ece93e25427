namespace Keyholder.Server.Configuration;

/// <summary>Where the vault's key ring comes from.</summary>
public sealed record VaultConfiguration
{
    /// <summary>The key file; null = <c>vault.key</c> beside the database. Made on the first start unless keys are given.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Keys given directly, as <c>id:key</c> with 32 bytes of base64 or hex, newest first; empty = the key file counts. Secret.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <inheritdoc />
    public override string ToString() => Keys.Count > 0 ? $"{Keys.Count} vault keys" : "vault key file";
}
