namespace Keyholder.Resources;

/// <summary>Which of Keyholder's redirect URIs a provider sends people back to.</summary>
public enum ProviderCallback
{
    /// <summary><c>/upstream/callback</c>, the one of all providers an operator registered by hand.</summary>
    Shared,

    /// <summary><c>/callback/NAME</c>, this provider's alone: an answer of another one that arrives there, or one of its own elsewhere, is a mix-up (RFC 9700 section 4.4.2).</summary>
    Own,
}
