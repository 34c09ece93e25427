using System.CommandLine;
using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;

namespace Keyholder.Server.Commands;

/// <summary>The command line.</summary>
public static class KeyholderCommand
{
    /// <summary>Runs one command. 0 = done, 1 = it failed and standard error says why.</summary>
    public static async Task<int> RunAsync(string[] args, ProcessContext context)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file.", Recursive = true };
        var root = new RootCommand("Keyholder: an auth gateway for MCP servers and HTTP APIs.")
        {
            config,
            ServeCommand.Create(config, context),
            UserCommand.Create(config, context),
            RevokeCommand.Create(config, context),
            TokenCommand.Create(config, context),
            SessionCommand.Create(config, context),
            VirtualKeyCommand.Create(config, context),
            ReconcileCommand.Create(config, context),
            CredentialCommand.Create(config, context),
            AuditCommand.Create(config, context),
            AdminCommand.Create(config, context),
            SweepCommand.Create(config, context),
            KeysCommand.Create(config, context),
            ImportCommand.Create(config, context),
            ConfigCommand.Create(config, context),
            ApplyCommand.Create(config, context),
            VersionCommand.Create(context),
        };
        root.SetAction((parsed, cancellationToken) => ServeCommand.RunAsync(parsed.GetValue(config), context, cancellationToken));
        var invocation = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await root.Parse(args).InvokeAsync(invocation);
        }
        catch (Exception e) when (IsOperational(e))
        {
            await context.Error.WriteLineAsync("keyholder: " + e.Message);
            return 1;
        }
    }

    /// <summary>The configuration in force.</summary>
    /// <exception cref="StartException">It has problems; the message lists them all.</exception>
    internal static (KeyholderConfiguration Configuration, string? File) Load(string? path, ProcessContext context)
    {
        var result = ConfigurationLoader.Load(path, context.Environment);
        return (Require(result), result.File);
    }

    /// <summary>The configuration of a result.</summary>
    /// <exception cref="StartException">There is none; the message lists its problems.</exception>
    internal static KeyholderConfiguration Require(ConfigurationResult result) => result.Configuration ?? throw new StartException(Describe(result));

    /// <summary>Every problem on a line of its own.</summary>
    internal static string Describe(ConfigurationResult result) =>
        $"the configuration {result.File ?? "(no file)"} has {result.Problems.Count} problem(s):\n" + string.Join('\n', result.Problems.Select(p => "  " + p));

    private static bool IsOperational(Exception e) =>
        e is StartException or IOException or UnauthorizedAccessException or SocketException or CryptographicException or DbException;
}
