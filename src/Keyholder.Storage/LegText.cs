using Keyholder.Authorization;

namespace Keyholder.Storage;

/// <summary>The legs of an authorization request as JSON text in one column: for each its provider, whether it is required, its state and, when known, its account.</summary>
internal static class LegText
{
    private const string Required = "required";
    private const string Optional = "optional";

    public static string Write(IReadOnlyList<AuthorizationLeg> legs) => JsonText.Write([.. legs.Select(Parts)]);

    public static IReadOnlyList<AuthorizationLeg> Read(string json) =>
        [.. JsonText.ReadLists(json).Select(parts => new AuthorizationLeg(parts[0], parts[1] == Required, StoredWords.LegState.Read(parts[2]), parts.ElementAtOrDefault(3)))];

    /// <summary>The legs with <paramref name="leg"/> in the place of the one whose turn it is; null when that is another provider's.</summary>
    public static string? Advance(IReadOnlyList<AuthorizationLeg> legs, AuthorizationLeg leg)
    {
        var at = legs.TakeWhile(earlier => earlier.State != LegState.Pending).Count();
        return at < legs.Count && legs[at].Provider == leg.Provider && leg.State != LegState.Pending
            ? Write([.. legs.Take(at), leg, .. legs.Skip(at + 1)])
            : null;
    }

    private static string[] Parts(AuthorizationLeg leg)
    {
        string[] parts = [leg.Provider, leg.Required ? Required : Optional, StoredWords.LegState.Write(leg.State)];
        return leg.Subject is { } subject ? [.. parts, subject] : parts;
    }
}
