using Keyholder.Sessions;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>The words of the API for kinds of subject: <c>user</c>, <c>vk</c>, <c>session</c>.</summary>
internal static class SubjectKinds
{
    public const string Problem = "has to be user, vk or session.";

    public static SubjectKind? Parse(string text) => text switch
    {
        "user" => SubjectKind.User,
        "vk" => SubjectKind.VirtualKey,
        "session" => SubjectKind.Session,
        _ => null,
    };
}
