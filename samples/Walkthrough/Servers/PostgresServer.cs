using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Walkthrough.Servers;

/// <summary>
/// A private PostgreSQL server with its usual durability, in a folder of its own and reached over a Unix socket. It ends with this process, however that
/// ends: the shell that started it waits for the end of its input.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Serve = """
        set -e
        trap '' INT
        "$1/initdb" --pgdata="$2/data" --username=keyholder --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$2/log" 2>&1
        "$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --silent start -o "-k '$2' -c listen_addresses= -c max_connections=300 -c shared_buffers=256MB"
        "$1/createdb" --host="$2" --username=keyholder keyholder
        echo ready
        cat >/dev/null || true
        "$1/pg_ctl" --pgdata="$2/data" --mode=immediate --silent stop || true
        rm -rf "$2"
        """;

    private const int ClockTicksPerSecond = 100;

    private readonly string _binaries;
    private readonly string _folder;
    private readonly Process _shell;

    private PostgresServer(string binaries, string folder, Process shell) => (_binaries, _folder, _shell) = (binaries, folder, shell);

    /// <summary>The <c>storage</c> section of a node's configuration.</summary>
    public JsonObject Storage => new() { ["kind"] = "postgres", ["connectionString"] = ConnectionString };

    /// <summary>Where its Unix socket lies.</summary>
    public string Folder => _folder;

    /// <summary>Where its database is, as Npgsql writes it.</summary>
    public string ConnectionString => $"Host={_folder};Username=keyholder;Database=keyholder";

    /// <summary>Processor time its processes have used so far, those that have ended included (Linux).</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var postmaster = File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First();
            var ticks = Directory.EnumerateDirectories("/proc").Where(entry => char.IsAsciiDigit(Path.GetFileName(entry)[0])).Sum(process => Ticks(process, postmaster));
            return TimeSpan.FromSeconds((double)ticks / ClockTicksPerSecond);
        }
    }

    /// <summary>Starts a server with an empty database; null when PostgreSQL is not installed.</summary>
    /// <exception cref="InvalidOperationException">It is installed but does not start.</exception>
    public static async Task<PostgresServer?> StartAsync()
    {
        if (FindBinaries() is not { } binaries)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("keyholder-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await Process.Start("chown", ["postgres", folder]).WaitForExitAsync();
        }

        var shell = Start(["bash", "-c", Serve, "postgres", binaries, folder]);
        return await shell.StandardOutput.ReadLineAsync() == "ready"
            ? new PostgresServer(binaries, folder, shell)
            : throw new InvalidOperationException($"PostgreSQL did not start; see {folder}/log.");
    }

    /// <summary>Ends it as a crash would, and starts it again.</summary>
    /// <exception cref="InvalidOperationException">It does not come back.</exception>
    public async Task CrashAndRestartAsync()
    {
        using var restart = Start([Path.Combine(_binaries, "pg_ctl"), $"--pgdata={_folder}/data", $"--log={_folder}/log", "--mode=immediate", "--wait", "--silent", "restart"]);
        await restart.WaitForExitAsync();
        if (restart.ExitCode != 0)
        {
            throw new InvalidOperationException("PostgreSQL did not come back.");
        }
    }

    /// <summary>Ends it and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    /// <summary>User and system time of the postmaster, with its ended children, or of one of its children; 0 for any other process.</summary>
    private static long Ticks(string process, string postmaster)
    {
        try
        {
            // The fields of proc(5) after the command, which may hold anything: state is the first, the parent the second, the times from the twelfth on.
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var times = Path.GetFileName(process) == postmaster ? fields[11..15] : fields[1] == postmaster ? fields[11..13] : [];
            return times.Sum(time => long.Parse(time, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // No process, or one that has just ended.
            return 0;
        }
    }

    private static Process Start(string[] command)
    {
        string[] all = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. command] : command;
        return Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
    }

    private static string? FindBinaries() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
}
