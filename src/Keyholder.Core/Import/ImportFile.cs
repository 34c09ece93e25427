using System.Security.Cryptography;
using System.Text.Json;
using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>A file of credentials and identities of an earlier key scheme, read whole: one JSON object a line (docs/operations.md). Holds secrets.</summary>
public sealed class ImportFile
{
    private const long MaxSize = 256 * 1024 * 1024;
    private readonly List<ImportedCredential> _credentials = [];
    private readonly List<ImportedIdentity> _identities = [];

    private ImportFile(byte[] digest) => Digest = digest;

    /// <summary>SHA-256 of the file.</summary>
    public byte[] Digest { get; }

    /// <summary>The credentials, in the order of their lines.</summary>
    public IReadOnlyList<ImportedCredential> Credentials => _credentials;

    /// <summary>The identities, in the order of their lines.</summary>
    public IReadOnlyList<ImportedIdentity> Identities => _identities;

    /// <summary>Reads a file that only its owner may read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Receives every problem: unreadable, open to others, or a line that is not understood.</param>
    /// <returns>The file, or null when there was any problem.</returns>
    public static ImportFile? Load(string path, ICollection<ImportProblem> problems)
    {
        try
        {
            if (WholeFile.IsOpenToOthers(path))
            {
                problems.Add(new(0, $"the file '{path}' holds credentials and is open to other users. Run: chmod 600 '{path}'"));
                return null;
            }

            if (new FileInfo(path).Length > MaxSize)
            {
                problems.Add(new(0, $"the file '{path}' is larger than 256 MiB; import it in parts"));
                return null;
            }

            return Parse(File.ReadAllBytes(path), problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(0, $"the file '{path}' cannot be read: {e.Message}"));
            return null;
        }
    }

    /// <summary>As <see cref="Load"/>, from the file's bytes.</summary>
    public static ImportFile? Parse(ReadOnlySpan<byte> bytes, ICollection<ImportProblem> problems)
    {
        var before = problems.Count;
        var file = new ImportFile(SHA256.HashData(bytes));
        var number = 0;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            number++;
            var line = bytes[range].Trim(" \r\t"u8);
            if (line.Length > 0)
            {
                file.Add(line, number, problems);
            }
        }

        return problems.Count == before ? file : null;
    }

    /// <inheritdoc />
    public override string ToString() => $"import file of {_credentials.Count} credentials and {_identities.Count} identities";

    private void Add(ReadOnlySpan<byte> json, int number, ICollection<ImportProblem> problems)
    {
        switch (Read(json, number, problems))
        {
            case null:
                break;
            case { Kind: "credential" } line when ImportLineRules.Credential(line, number, problems) is { } credential:
                _credentials.Add(credential);
                break;
            case { Kind: "identity" } line when ImportLineRules.Identity(line, number, problems) is { } identity:
                _identities.Add(identity);
                break;
            case { Kind: not ("credential" or "identity") }:
                problems.Add(new(number, "kind has to be credential or identity"));
                break;
        }
    }

    private static ImportLine? Read(ReadOnlySpan<byte> json, int number, ICollection<ImportProblem> problems)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, ImportJson.Default.ImportLine) is { } line)
            {
                return Texts(line).All(IsStorable) ? line : Refuse("a text has a NUL character");
            }
        }
        catch (JsonException e)
        {
            return Refuse(e.Path is { Length: > 1 } path ? $"is not understood at {path}: an unknown or repeated member, or no text" : "is no JSON object");
        }

        return Refuse("is no JSON object");

        ImportLine? Refuse(string message)
        {
            problems.Add(new(number, message));
            return null;
        }
    }

    private static string?[] Texts(ImportLine line) => [line.Provider, line.Account, line.Subject, line.User, line.DisplayName];

    private static bool IsStorable(string? text) => text?.Contains('\0', StringComparison.Ordinal) != true;
}
