using Keyholder.Resources;
using Keyholder.Sessions;

namespace Keyholder.Authorization.Connect;

/// <summary>What can be connected with a link that no session asked for.</summary>
public static class ConnectPolicy
{
    /// <summary>
    /// The providers of a resource that such a subject connects for all it does there. Not what is shared, and not what each session has its own of; a virtual key that is used by itself
    /// has no session. For a resource whose sessions act for nobody known, no user connects anything.
    /// </summary>
    public static IEnumerable<ResourceProvider> ConnectableBy(SubjectKind kind, Resource resource) => kind switch
    {
        SubjectKind.VirtualKey => resource.Providers.Where(entry => entry.Provider.Owner != ProviderOwner.Shared),
        SubjectKind.User when resource.Subject == ResourceSubject.User => resource.Providers.Where(entry => entry.Provider.Owner == ProviderOwner.Subject),
        _ => [],
    };

    /// <summary>The provider of that name among them, or null.</summary>
    public static Provider? Find(SubjectKind kind, Resource resource, string provider) =>
        ConnectableBy(kind, resource).FirstOrDefault(entry => entry.Provider.Name == provider)?.Provider;
}
