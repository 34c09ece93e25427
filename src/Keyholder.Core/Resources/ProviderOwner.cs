namespace Keyholder.Resources;

/// <summary>Who holds the credentials a provider issues.</summary>
public enum ProviderOwner
{
    /// <summary>Whoever the session acts for: the user, the virtual key, or the anonymous session. One credential for all of their sessions.</summary>
    Subject,

    /// <summary>Each session its own, so that two clients of one person never share a credential.</summary>
    Session,

    /// <summary>One for everybody, connected once by an administrator.</summary>
    Shared,
}
