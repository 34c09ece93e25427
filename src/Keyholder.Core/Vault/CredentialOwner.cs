using Keyholder.Resources;
using Keyholder.Sessions;

namespace Keyholder.Vault;

/// <summary>Whose credential it is. Text form <c>user:ID</c>, <c>vk:ID</c>, <c>session:ID</c> or <c>shared:NAME</c>.</summary>
public sealed record CredentialOwner(CredentialOwnerKind Kind, string Id)
{
    /// <summary>Whose credential of a provider a session uses. Nothing else decides that. A virtual key used by itself has no session: what would be its session's is the key's.</summary>
    /// <param name="provider">The provider, whose configuration names the rule.</param>
    /// <param name="subject">Who the session acts for.</param>
    /// <param name="session">The session.</param>
    public static CredentialOwner For(Provider provider, Subject subject, SessionId session) => provider.Owner switch
    {
        ProviderOwner.Shared => SharedBy(provider),
        ProviderOwner.Session when !IsItself(subject, session) => new(CredentialOwnerKind.Session, session.ToString()),
        _ => Of(subject),
    };

    /// <summary>The owner of a provider's shared credential.</summary>
    public static CredentialOwner SharedBy(Provider provider) => new(CredentialOwnerKind.Shared, provider.Name);

    /// <summary>The owner of the credentials a subject brings.</summary>
    public static CredentialOwner Of(Subject subject) => new(
        subject.Kind switch
        {
            SubjectKind.User => CredentialOwnerKind.User,
            SubjectKind.VirtualKey => CredentialOwnerKind.VirtualKey,
            _ => CredentialOwnerKind.Session,
        },
        subject.Id);

    private static bool IsItself(Subject subject, SessionId session) => subject.Kind == SubjectKind.VirtualKey && subject.Id == session.ToString();

    /// <summary>The word for the kind in rows and the API.</summary>
    public string KindName => Kind switch
    {
        CredentialOwnerKind.User => "user",
        CredentialOwnerKind.VirtualKey => "vk",
        CredentialOwnerKind.Session => "session",
        _ => "shared",
    };

    /// <inheritdoc />
    public override string ToString() => $"{KindName}:{Id}";
}
