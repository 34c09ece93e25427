using System.Diagnostics.CodeAnalysis;

namespace Keyholder.Sessions;

/// <summary>Who a session acts for. Its text form is the <c>sub</c> claim: <c>user:ID</c>, <c>vk:ID</c> or <c>session:ID</c>.</summary>
public sealed record Subject(SubjectKind Kind, string Id)
{
    /// <summary>The subject for a user id.</summary>
    public static Subject User(string id) => new(SubjectKind.User, id);

    /// <summary>The subject that is nobody but the session itself.</summary>
    public static Subject Of(SessionId session) => new(SubjectKind.Session, session.ToString());

    /// <summary>Parses the text form; false for anything that <see cref="ToString"/> does not write.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Subject? subject)
    {
        subject = null;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || colon == text!.Length - 1)
        {
            return false;
        }

        SubjectKind? kind = text[..colon] switch
        {
            "user" => SubjectKind.User,
            "vk" => SubjectKind.VirtualKey,
            "session" => SubjectKind.Session,
            _ => null,
        };
        subject = kind is null ? null : new Subject(kind.Value, text[(colon + 1)..]);
        return subject is not null;
    }

    /// <summary>The word for the kind in tokens, rows and the API: <c>user</c>, <c>vk</c>, <c>session</c>.</summary>
    public string KindName => Kind switch
    {
        SubjectKind.User => "user",
        SubjectKind.VirtualKey => "vk",
        _ => "session",
    };

    /// <inheritdoc />
    public override string ToString() => $"{KindName}:{Id}";
}
