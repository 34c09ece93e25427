namespace Keyholder.Resources;

/// <summary>What has to be said, and may be, about an upstream whose authorization server is found by discovery.</summary>
internal static class DiscoveryRules
{
    /// <summary>The provider of such a resource, named like it; null with a problem.</summary>
    public static Provider? Build(
        string name, ResourceDefinition definition, Uri? upstream, string path, IReadOnlyDictionary<string, ProviderDefinition> definedProviders, ConfigurationProblems problems)
    {
        var before = problems.All.Count;
        var discovery = definition.Discovery ?? new DiscoveryDefinition();
        if (definedProviders.ContainsKey(name))
        {
            problems.Add(path, "is named like a provider; what discovery finds is kept under the name of the resource, and would mix with that provider's credentials");
        }

        path += ".discovery";
        if (discovery.Issuer is not null)
        {
            UrlRules.ParseSecure(discovery.Issuer, path + ".issuer", problems);
        }
        else if (discovery.ClientSecret is not null)
        {
            problems.Add(path + ".issuer", "is missing; a clientSecret is for one authorization server only");
        }

        if (discovery.ClientSecret is not null || discovery.ClientAuthMethod is not null)
        {
            ProviderRules.CheckClientId(discovery.ClientId, path, problems);
        }

        // Whoever runs the upstream chooses an authorization server that is not pinned: none such may share a redirect URI with another.
        var registered = discovery is { Issuer: not null, ClientId: not null };
        if (discovery.Callback == ProviderCallback.Shared && !registered)
        {
            problems.Add(path + ".callback", "can be shared only by a clientId at one issuer; write both, or leave it out");
        }

        var method = ProviderRules.AuthMethod(discovery.ClientSecret, discovery.ClientAuthMethod, path, problems);
        ProviderRules.CheckScopes(discovery.Scopes, path, problems);
        return upstream is null || problems.All.Count > before
            ? null
            : new Provider
            {
                Name = name,
                DisplayName = definition.DisplayName ?? name,
                Kind = ProviderKind.OAuth2,
                ClientId = discovery.ClientId ?? "",
                ClientSecret = discovery.ClientSecret,
                ClientAuthMethod = method,
                Scopes = discovery.Scopes,
                Owner = discovery.Owner,
                AssumePkce = discovery.AssumePkce,
                Callback = discovery.Callback ?? (registered ? ProviderCallback.Shared : ProviderCallback.Own),
                Discovery = new ProviderDiscovery
                {
                    Upstream = upstream,
                    Issuer = discovery.Issuer,
                    AllowPrivateAddresses = discovery.AllowPrivateAddresses,
                    OmitResource = discovery.OmitResource,
                },
            };
    }
}
