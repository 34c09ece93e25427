namespace DemoUpstream.Api;

/// <summary>What a request to one of the protected paths has to bring.</summary>
internal enum CredentialKind
{
    None,

    /// <summary>An access token of the provider in the <c>Authorization</c> header.</summary>
    Bearer,

    /// <summary>The configured value in the <c>X-Api-Key</c> header.</summary>
    ApiKey,
}
