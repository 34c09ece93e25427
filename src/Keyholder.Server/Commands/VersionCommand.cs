using System.CommandLine;
using System.Reflection;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(ProcessContext context)
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(_ => context.Output.WriteLine("keyholder " + Version));
        return command;
    }

    private static string Version =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
