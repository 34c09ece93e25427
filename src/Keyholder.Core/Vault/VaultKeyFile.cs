using System.Security.Cryptography;
using System.Text;

namespace Keyholder.Vault;

/// <summary>The key ring as a file that only its owner may read; generated on the first start when nothing is configured.</summary>
public static class VaultKeyFile
{
    private const string Introduction =
        "# Keyholder vault keys, one id:key a line, newest last. Without this file the vault cannot be opened: back it up apart from the database.\n";

    /// <summary>Reads the ring (see <see cref="VaultKeyRing.Parse"/>).</summary>
    /// <param name="path">The key file.</param>
    /// <param name="problems">Receives every problem: missing, unreadable, open to others, or bad contents.</param>
    /// <returns>The ring, or null when there was any problem.</returns>
    public static VaultKeyRing? Load(string path, ICollection<string> problems)
    {
        try
        {
            if (WholeFile.IsOpenToOthers(path))
            {
                problems.Add($"The vault key file '{path}' is open to other users. Run: chmod 600 '{path}'");
                return null;
            }

            return VaultKeyRing.Parse(File.ReadAllText(path), problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The vault key file '{path}' cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>Reads the ring, first generating a file with one fresh key when there is none. Processes that start at once end with the same key.</summary>
    /// <inheritdoc cref="Load" path="/param" />
    /// <inheritdoc cref="Load" path="/returns" />
    public static VaultKeyRing? LoadOrCreate(string path, ICollection<string> problems)
    {
        try
        {
            if (!File.Exists(path))
            {
                WholeFile.CreateForOwner(path, Encoding.UTF8.GetBytes(Introduction + VaultKeyLine.Format(NewKey(sealsFrom: null)) + "\n"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The vault key file '{path}' cannot be created: {e.Message}");
            return null;
        }

        return Load(path, problems);
    }

    /// <summary>An id for a new key.</summary>
    public static string NewId() => "k" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>Adds a fresh key as the newest. Everything else in the file stays.</summary>
    /// <param name="path">The file, which has to be there.</param>
    /// <param name="id">The key's id, one that is not in the file.</param>
    /// <param name="sealsFrom">From when on it seals; until then whoever reads the file learns to open with it.</param>
    /// <exception cref="IOException">The file cannot be written and is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Add(string path, string id, DateTimeOffset sealsFrom)
    {
        var text = File.ReadAllText(path);
        var line = VaultKeyLine.Format(NewKey(sealsFrom, id));
        WholeFile.Replace(path, Encoding.UTF8.GetBytes(text + (text.EndsWith('\n') ? "" : "\n") + line + "\n"));
    }

    /// <summary>Takes the key with that id out. Everything else in the file stays.</summary>
    /// <inheritdoc cref="Add" path="/exception" />
    public static void Remove(string path, string id) =>
        WholeFile.Replace(path, Encoding.UTF8.GetBytes(string.Join('\n', File.ReadAllText(path).Split('\n').Where(line => !VaultKeyLine.IsOf(line, id)))));

    private static VaultKey NewKey(DateTimeOffset? sealsFrom, string? id = null) => new(id ?? NewId(), RandomNumberGenerator.GetBytes(VaultKey.Size), sealsFrom);
}
