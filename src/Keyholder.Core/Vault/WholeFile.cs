using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keyholder.Vault;

/// <summary>Files that are written whole: no reader ever sees a part of one.</summary>
public static class WholeFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode GroupRights = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Foreign = GroupRights | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whether anybody but the owner has any right to the file.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Foreign) != 0;

    /// <summary>Writes a file that is not there yet and that nobody but its owner may read; of several processes the first wins, and the others leave its file alone.</summary>
    public static void CreateForOwner(string path, byte[] content)
    {
        var draft = WriteDraft(path, content);
        try
        {
            Link(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its file is the one.
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Replaces a file, behind a symbolic link the file it leads to. Its owner, group and mode stay the same, whoever runs this.</summary>
    /// <exception cref="IOException">It cannot be replaced and is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Replace(string path, byte[] content)
    {
        using var replacement = Prepare(path, content);
        replacement.Put();
    }

    /// <summary>Does all of <see cref="Replace"/> that can fail for want of rights or space; what is left is one rename.</summary>
    /// <inheritdoc cref="Replace" path="/exception" />
    public static FileReplacement Prepare(string path, byte[] content)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var draft = WriteDraft(target, content);
        try
        {
            KeepOwnerAndMode(target, draft);
            return new FileReplacement(draft, target);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static string WriteDraft(string path, byte[] content)
    {
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var stream = new FileStream(draft, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
        return draft;
    }

    // File.Move looks before it renames on Unix, which lets a second process replace the first one's file; link(2) does not.
    private static void Link(string draft, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(draft, path, overwrite: false);
        }
        else if (LinkTo(draft, path) != 0)
        {
            throw Failure();
        }
    }

    // An administrator who changes the file must not take it away from the user or group the server runs as. The mode comes last: until then nobody else reads it.
    private static void KeepOwnerAndMode(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mode = File.GetUnixFileMode(from);
        if (OperatingSystem.IsLinux())
        {
            KeepOwner(OwnerOf(from), OwnerOf(to), mode, to);
        }

        File.SetUnixFileMode(to, mode);
    }

    private static void KeepOwner((uint User, uint Group) wanted, (uint User, uint Group) found, UnixFileMode mode, string path)
    {
        const uint Unchanged = uint.MaxValue;
        if (wanted.User != found.User && ChangeOwner(path, wanted.User, wanted.Group) != 0)
        {
            throw Failure();
        }

        // A group without any right to the file need not be kept.
        if (wanted.User == found.User && wanted.Group != found.Group && ChangeOwner(path, Unchanged, wanted.Group) != 0 && (mode & GroupRights) != 0)
        {
            throw Failure();
        }
    }

    private static (uint User, uint Group) OwnerOf(string path)
    {
        // struct statx is the same on every architecture: stx_uid stands at byte 20, stx_gid behind it.
        const int WorkingDirectory = -100, FollowLinks = 0, UserAndGroup = 0x8 | 0x10, Offset = 20;
        var status = new byte[256];
        return Status(WorkingDirectory, path, FollowLinks, UserAndGroup, status) == 0
            ? (BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(Offset)), BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(Offset + sizeof(uint))))
            : throw Failure();
    }

    private static IOException Failure() => new(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkTo([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string created);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);
}
