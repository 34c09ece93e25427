using System.Globalization;
using Keyholder.Sessions;
using Keyholder.Vault;

namespace Keyholder.Import;

/// <summary>What a line of each kind has to hold, and what not.</summary>
internal static class ImportLineRules
{
    private const int MaxDisplayNameLength = 128;
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The credential a line holds; null after adding every problem.</summary>
    public static ImportedCredential? Credential(ImportLine line, int number, ICollection<ImportProblem> problems)
    {
        var before = problems.Count;
        Require(number, problems, ("provider", line.Provider), ("access_token", line.AccessToken));
        Forbid(line, number, problems, ("subject", line.Subject), ("user", line.User), ("display_name", line.DisplayName));
        var expiresAt = ReadMoment(line.ExpiresAt, number, problems);
        if (!SessionId.TryParse(line.Session, out var session))
        {
            problems.Add(new(number, "session has to be a session's id"));
        }

        var tokens = new TokenSet
        {
            AccessToken = line.AccessToken ?? "",
            TokenType = line.TokenType ?? "Bearer",
            RefreshToken = line.RefreshToken,
            ExpiresAt = expiresAt,
            Scope = line.Scope,
        };
        return problems.Count == before ? new ImportedCredential(number, session, line.Provider!, line.Account, tokens) : null;
    }

    /// <summary>The identity a line holds; null after adding every problem.</summary>
    public static ImportedIdentity? Identity(ImportLine line, int number, ICollection<ImportProblem> problems)
    {
        var before = problems.Count;
        Require(number, problems, ("provider", line.Provider), ("subject", line.Subject));
        Forbid(
            line,
            number,
            problems,
            ("session", line.Session),
            ("access_token", line.AccessToken),
            ("token_type", line.TokenType),
            ("refresh_token", line.RefreshToken),
            ("expires_at", line.ExpiresAt),
            ("scope", line.Scope),
            ("account", line.Account));
        if (line.DisplayName is { } name && (name.Length > MaxDisplayNameLength || name.Any(char.IsControl)))
        {
            problems.Add(new(number, $"display_name has to be at most {MaxDisplayNameLength} characters, none of them a control character"));
        }

        return problems.Count == before ? new ImportedIdentity(number, line.Provider!, line.Subject!, line.User, line.DisplayName) : null;
    }

    private static void Require(int number, ICollection<ImportProblem> problems, params ReadOnlySpan<(string Member, string? Value)> members)
    {
        foreach (var (member, value) in members)
        {
            if (string.IsNullOrEmpty(value))
            {
                problems.Add(new(number, $"{member} is missing"));
            }
        }
    }

    private static void Forbid(ImportLine line, int number, ICollection<ImportProblem> problems, params ReadOnlySpan<(string Member, string? Value)> members)
    {
        foreach (var (member, value) in members)
        {
            if (value is not null)
            {
                problems.Add(new(number, $"{member} does not belong to a record of kind {line.Kind}"));
            }
        }
    }

    private static DateTimeOffset? ReadMoment(string? text, int number, ICollection<ImportProblem> problems)
    {
        if (text is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
        {
            return moment;
        }

        problems.Add(new(number, "expires_at has to be a moment as in 2030-12-31T23:59:59Z"));
        return null;
    }
}
