using Keyholder.Sessions;

namespace Keyholder.Revocation;

/// <summary>Kinds of target by the words of the API, the command line and the metrics, and what a value of each has to look like.</summary>
public static class RevocationTargets
{
    /// <summary>The longest value of any kind, in characters.</summary>
    public const int MaxValueLength = 2048;

    /// <summary>The words, in the order of the enum.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<RevocationTargetKind>().Select(NameOf)];

    /// <summary>The word for a kind.</summary>
    public static string NameOf(RevocationTargetKind kind) => kind switch
    {
        RevocationTargetKind.Token => "token",
        RevocationTargetKind.Session => "session",
        RevocationTargetKind.Subject => "subject",
        RevocationTargetKind.Client => "client",
        RevocationTargetKind.VirtualKey => "vk",
        RevocationTargetKind.Provider => "provider",
        RevocationTargetKind.Resource => "resource",
        _ => "all",
    };

    /// <summary>The kind a word names, or null.</summary>
    public static RevocationTargetKind? KindOf(string? name) =>
        Enum.GetValues<RevocationTargetKind>().Cast<RevocationTargetKind?>().FirstOrDefault(kind => NameOf(kind!.Value) == name);

    /// <summary>Whether the value is one of its kind: <c>all</c> has none, a session id and a subject are written as Keyholder writes them, the rest is printable text.</summary>
    public static bool IsWellFormed(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.All => target.Value.Length == 0,
        RevocationTargetKind.Session => SessionId.TryParse(target.Value, out _),
        RevocationTargetKind.Subject => Subject.TryParse(target.Value, out _) && IsText(target.Value),
        _ => IsText(target.Value),
    };

    /// <summary>The target as the audit trail names it, for example <c>client:abc</c>; a subject's text form is its own name.</summary>
    public static string Describe(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.All => "all",
        RevocationTargetKind.Subject => target.Value,
        _ => $"{NameOf(target.Kind)}:{target.Value}",
    };

    private static bool IsText(string value) =>
        value.Length is > 0 and <= MaxValueLength && !value.Any(c => char.IsControl(c) || char.IsSurrogate(c)) && value.Trim().Length == value.Length;
}
