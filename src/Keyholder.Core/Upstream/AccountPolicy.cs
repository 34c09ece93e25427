using System.Text.Json;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Pure reading of the account out of a document of the provider's.</summary>
internal static class AccountPolicy
{
    private const int MaxSubjectLength = 255;
    private const int MaxNameLength = 100;

    /// <summary>The account; unknown when a member of the subject is missing or cannot be part of an identifier.</summary>
    public static AccountResult Read(JsonElement document, IdentityMapping identity) =>
        Subject(document, identity) is { } subject ? new AccountResult(LegOutcome.Succeeded, subject, DisplayName(document, identity)) : AccountResult.Unknown;

    /// <summary>The account's stable identifier, or null. Its members are joined by a character none of them may hold.</summary>
    public static string? Subject(JsonElement document, IdentityMapping identity)
    {
        var single = identity.Subject.Count == 1;
        var members = identity.Subject.Select(path => document.Identifier(path)).ToList();
        var subject = string.Join('|', members);
        return members.TrueForAll(m => m is not null && m.All(c => c is >= ' ' and <= '~' && (single || c != '|'))) && subject.Length <= MaxSubjectLength
            ? subject
            : null;
    }

    private static string? DisplayName(JsonElement document, IdentityMapping identity)
    {
        var name = identity.Name.Select(path => document.At(path)?.Text()).FirstOrDefault(n => n is not null);
        var shown = name is null ? "" : string.Concat(name.Where(c => !char.IsControl(c))).Trim();
        return shown.Length == 0 ? null : shown[..Math.Min(shown.Length, MaxNameLength)];
    }
}
