using System.CommandLine;
using Keyholder.Server.Configuration;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder config</c>: what the configuration may hold, and whether one is sound.</summary>
internal static class ConfigCommand
{
    private const string SchemaResource = "keyholder.schema.json";

    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var validate = new Command("validate", "Checks the configuration and lists everything that is wrong with it.");
        validate.SetAction(parsed => Validate(parsed.GetValue(config), context));
        var schema = new Command("schema", "Prints the JSON schema of the configuration file.");
        schema.SetAction(_ => PrintSchema(context));
        return new Command("config", "Checks and describes the configuration.") { validate, schema };
    }

    private static int Validate(string? path, ProcessContext context)
    {
        var result = ConfigurationLoader.Load(path, context.Environment);
        if (result.Configuration is not { } configuration)
        {
            context.Error.WriteLine("keyholder: " + KeyholderCommand.Describe(result));
            return 1;
        }

        context.Output.WriteLine(
            $"The configuration {result.File ?? "(no file, defaults)"} is valid: {configuration.Resources.Resources.Count} resources, "
            + $"{configuration.Resources.Providers.Count} providers, {configuration.Clients.Count} clients.");
        return 0;
    }

    private static int PrintSchema(ProcessContext context)
    {
        using var reader = new StreamReader(typeof(ConfigCommand).Assembly.GetManifestResourceStream(SchemaResource)!);
        context.Output.Write(reader.ReadToEnd());
        return 0;
    }
}
