namespace Keyholder.Server.Commands;

/// <summary>What a command gets from its process.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Environment">The environment variables.</param>
/// <param name="Time">The clock.</param>
public sealed record ProcessContext(TextReader Input, TextWriter Output, TextWriter Error, IReadOnlyDictionary<string, string> Environment, TimeProvider Time);
