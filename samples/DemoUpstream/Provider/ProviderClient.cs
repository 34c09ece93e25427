namespace DemoUpstream.Provider;

/// <summary>An OAuth client of the demo provider. No secret: a public client. No redirect URIs: any http or https URI.</summary>
internal sealed record ProviderClient(string Id, string? Secret, IReadOnlyList<string> RedirectUris)
{
    public bool Allows(string redirectUri) =>
        RedirectUris.Count > 0 ? RedirectUris.Contains(redirectUri, StringComparer.Ordinal) : DemoUpstreamOptions.IsHttpUri(redirectUri);
}
