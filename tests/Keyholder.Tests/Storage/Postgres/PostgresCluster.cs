using System.Diagnostics;
using Npgsql;

namespace Keyholder.Tests.Storage.Postgres;

/// <summary>
/// A private PostgreSQL server in a temporary folder, reached over a Unix socket, for the time of one test process. It ends when the process does,
/// however it ends: the shell that started it waits for the end of its input.
/// </summary>
internal sealed class PostgresCluster
{
    private const string Script = """
        set -e
        trap '' INT
        "$1/initdb" --pgdata="$2/data" --username=keyholder --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$2/log" 2>&1
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c shared_buffers=64MB -c fsync=on </dev/null >>"$2/log" 2>&1 &
        server=$!
        until "$1/pg_isready" -q -h "$2"; do kill -0 $server; sleep 0.05; done
        echo ready
        cat >/dev/null || true
        kill -QUIT $server
        wait $server || true
        rm -rf "$2"
        """;

    private static readonly Lazy<Task<PostgresCluster>> Started = new(StartAsync);
    private readonly string _folder;

    // Kept open: its end is the end of the server.
    private readonly Process _shell;

    private PostgresCluster(string folder, Process shell)
    {
        _folder = folder;
        _shell = shell;
    }

    /// <summary>The server of this process, started at the first call.</summary>
    /// <exception cref="PostgresUnavailableException">It cannot be started here.</exception>
    public static Task<PostgresCluster> GetAsync() => Started.Value;

    /// <summary>Where a database of the server is.</summary>
    public string ConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _folder, Username = "keyholder", Database = database, MaxPoolSize = 20 }.ToString();

    private static async Task<PostgresCluster> StartAsync()
    {
        var binaries = FindBinaries() ?? throw new PostgresUnavailableException("PostgreSQL is not installed (Debian: apt-get install postgresql).");
        var folder = Directory.CreateTempSubdirectory("keyholder-pg-").FullName;
        string[] shell = ["bash", "-c", Script, "postgres-for-tests", binaries, folder];
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await Process.Start("chown", ["postgres", folder]).WaitForExitAsync();
            shell = ["runuser", "-u", "postgres", "--", .. shell];
        }

        var process = Process.Start(new ProcessStartInfo(shell[0], shell[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        var answer = await process.StandardOutput.ReadLineAsync();
        return answer == "ready"
            ? new PostgresCluster(folder, process)
            : throw new PostgresUnavailableException("PostgreSQL did not start: " + await ReadLogAsync(folder));
    }

    private static string? FindBinaries() =>
        new[] { "/usr/lib/postgresql" }
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    private static async Task<string> ReadLogAsync(string folder)
    {
        var log = Path.Combine(folder, "log");
        return File.Exists(log) ? await File.ReadAllTextAsync(log) : "no log";
    }
}
