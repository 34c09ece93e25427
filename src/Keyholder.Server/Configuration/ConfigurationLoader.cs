using System.Text.Json;
using System.Text.Json.Nodes;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>File, then environment, then validation.</summary>
public static class ConfigurationLoader
{
    /// <summary>The file that is read when it is there and no other is named.</summary>
    public const string DefaultFile = "keyholder.json";

    /// <summary>The environment variable that names the file.</summary>
    public const string FileVariable = "KEYHOLDER_CONFIG";

    internal static JsonDocumentOptions JsonOptions { get; } = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
    };

    /// <summary>Loads the configuration.</summary>
    /// <param name="path">The file the command line names; null = <c>KEYHOLDER_CONFIG</c>, else ./keyholder.json if it is there, else the defaults.</param>
    /// <param name="environment">The environment variables.</param>
    public static ConfigurationResult Load(string? path, IReadOnlyDictionary<string, string> environment)
    {
        var problems = new ConfigurationProblems();
        path ??= environment.GetValueOrDefault(FileVariable);
        path ??= File.Exists(DefaultFile) ? DefaultFile : null;
        return ReadText(path, problems) is { } text ? Parse(text, path, environment, problems) : new(null, path, problems.All);
    }

    /// <summary>As <see cref="Load"/>, from text.</summary>
    public static ConfigurationResult Parse(string json, IReadOnlyDictionary<string, string> environment) => Parse(json, null, environment, new());

    /// <summary>As <see cref="Load"/>, from what was read before.</summary>
    public static ConfigurationResult Validate(KeyholderFile definitions, string? path) => Validate(definitions, path, new());

    private static ConfigurationResult Validate(KeyholderFile definitions, string? path, ConfigurationProblems problems)
    {
        var configuration = ConfigurationValidator.Validate(definitions, problems);
        return problems.All.Count == 0 ? new(configuration, path, problems.All) { Definitions = definitions } : new(null, path, problems.All);
    }

    private static ConfigurationResult Parse(string json, string? path, IReadOnlyDictionary<string, string> environment, ConfigurationProblems problems)
    {
        if (ReadJson(json, problems) is not { } file)
        {
            return new(null, path, problems.All);
        }

        EnvironmentOverrides.Apply(file, environment, problems);
        var reader = new ConfigurationReader(new SecretReferences(environment, problems), problems);
        return Validate((KeyholderFile)reader.ReadSection(file, typeof(KeyholderFile), ""), path, problems);
    }

    private static string? ReadText(string? path, ConfigurationProblems problems)
    {
        try
        {
            return path is null ? "{}" : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(path!, "cannot be read: " + e.Message);
            return null;
        }
    }

    private static JsonObject? ReadJson(string json, ConfigurationProblems problems)
    {
        try
        {
            if (JsonNode.Parse(json, documentOptions: JsonOptions) is JsonObject file)
            {
                return file;
            }

            problems.Add("$", "must be an object");
        }
        catch (JsonException e)
        {
            problems.Add("$", $"is not valid JSON near line {e.LineNumber + 1}, or a key is there twice");
        }

        return null;
    }
}
