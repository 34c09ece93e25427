using System.Diagnostics;
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

    private readonly string _binaries;
    private readonly string _folder;
    private readonly Process _shell;

    private PostgresServer(string binaries, string folder, Process shell) => (_binaries, _folder, _shell) = (binaries, folder, shell);

    /// <summary>The <c>storage</c> section of a node's configuration.</summary>
    public JsonObject Storage => new() { ["kind"] = "postgres", ["connectionString"] = ConnectionString };

    /// <summary>Where its database is, as Npgsql writes it.</summary>
    public string ConnectionString => $"Host={_folder};Username=keyholder;Database=keyholder";

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
