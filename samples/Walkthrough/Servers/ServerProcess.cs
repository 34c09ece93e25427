using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Walkthrough.Servers;

/// <summary>A server as a child process, with everything it prints.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, e) => Append(e.Data);
        _process.ErrorDataReceived += (_, e) => Append(e.Data);
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended, by itself or because it was ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything printed so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Resident memory in MiB (Linux).</summary>
    public double ResidentMiB
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts <paramref name="file"/> and waits until <paramref name="ready"/> answers 2xx.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or was not ready in 30 s; the message holds its output.</exception>
    public static Task<ServerProcess> StartAsync(
        string file,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        Uri ready,
        CancellationToken cancellationToken) => StartAsync(file, arguments, environment, ready, acceptAnyStatus: false, cancellationToken);

    /// <summary>Starts <paramref name="file"/> and waits until <paramref name="ready"/> answers 2xx, or anything at all.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or was not ready in 30 s; the message holds its output.</exception>
    public static async Task<ServerProcess> StartAsync(
        string file,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        Uri ready,
        bool acceptAnyStatus,
        CancellationToken cancellationToken)
    {
        var server = new ServerProcess(Start(file, arguments, environment));
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server.WaitUntilReadyAsync(ready, acceptAnyStatus, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <paramref name="file"/> to its end with <paramref name="input"/> on standard input.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message holds its output.</exception>
    public static async Task<string> RunAsync(
        string file,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        string input,
        CancellationToken cancellationToken)
    {
        using var process = Start(file, arguments, environment);
        await using var kill = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{Path.GetFileName(file)} ended with {process.ExitCode}: {await output}{await error}");
    }

    /// <summary>Ends the process and its children.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static Process Start(string file, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
    }

    private async Task WaitUntilReadyAsync(Uri ready, bool acceptAnyStatus, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The server ended with {_process.ExitCode}: {Output}");
            }

            try
            {
                using var response = await http.GetAsync(ready, cancellationToken);
                if (acceptAnyStatus || response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not listening yet.
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        throw new InvalidOperationException($"The server was not ready in time: {Output}");
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
