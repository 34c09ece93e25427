namespace Keyholder.Tests.Sessions.Model;

/// <summary>How a token request differs from the plain one.</summary>
internal enum RequestVariation
{
    Plain,
    NamesResource,
    NarrowerScope,
    WiderScope,
    OtherClient,
    OtherResource,
    UnknownResource,
    WrongVerifier,
    WrongRedirectUri,

    /// <summary>Two mistakes at once: the answer must not tell a stranger more than the first would.</summary>
    OtherClientAndWiderScope,
}
