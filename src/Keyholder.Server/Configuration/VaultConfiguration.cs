using System.ComponentModel.DataAnnotations;

namespace Keyholder.Server.Configuration;

/// <summary>Where the vault's key ring comes from.</summary>
public sealed record VaultConfiguration
{
    /// <summary>The key file, made on the first start when missing. Default: <c>vault.key</c> beside the SQLite database; with PostgreSQL it, or keys, has to be named.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The keys themselves, <c>id:key</c> with 32 bytes of base64 or hex, oldest first; the last one seals. A moment behind a key (<c>id:key 2030-12-31T23:59:59Z</c>) says from when on it does. Used in place of a key file.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>How often a running server reads the key file again. Default 10 s; at most 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public override string ToString() => Keys.Count > 0 ? $"{Keys.Count} vault keys" : "vault key file";
}
