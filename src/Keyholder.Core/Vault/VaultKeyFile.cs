using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keyholder.Vault;

/// <summary>The key ring as a file that only its owner may read; generated on the first start when nothing is configured.</summary>
public static class VaultKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Foreign = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the ring (see <see cref="VaultKeyRing.Parse"/>).</summary>
    /// <param name="path">The key file.</param>
    /// <param name="problems">Receives every problem: missing, unreadable, open to others, or bad contents.</param>
    /// <returns>The ring, or null when there was any problem.</returns>
    public static VaultKeyRing? Load(string path, ICollection<string> problems)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Foreign) != 0)
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
                Create(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The vault key file '{path}' cannot be created: {e.Message}");
            return null;
        }

        return Load(path, problems);
    }

    // The whole file is written and synced beside its place and then linked there: no reader ever sees a part of it,
    // and the first of several processes wins.
    private static void Create(string path)
    {
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        var secret = RandomNumberGenerator.GetBytes(VaultKey.Size);
        var id = "k" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        try
        {
            using (var stream = new FileStream(draft, options))
            {
                var text = "# Keyholder vault keys, one id:key a line, newest last. Without this file the vault cannot be opened: back it up apart from the database.\n"
                    + VaultKeyLine.Format(id, secret) + "\n";
                stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            Publish(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its key is the one.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            File.Delete(draft);
        }
    }

    // File.Move looks before it renames on Unix, which lets a second process replace the first one's key; link(2) does not.
    private static void Publish(string draft, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(draft, path, overwrite: false);
        }
        else if (Link(draft, path) != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string created);
}
