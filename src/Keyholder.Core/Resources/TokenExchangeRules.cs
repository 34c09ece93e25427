namespace Keyholder.Resources;

/// <summary>What a token exchange has to look like.</summary>
internal static class TokenExchangeRules
{
    private const int MaxAudienceLength = 2048;

    /// <summary>The exchange of a resource with auth <c>tokenExchange</c>; null for any other, and with a problem.</summary>
    public static TokenExchange? Build(
        ResourceDefinition definition,
        ResourceAuthKind auth,
        string path,
        Dictionary<string, Provider> providers,
        IReadOnlyDictionary<string, ProviderDefinition> definedProviders,
        ConfigurationProblems problems)
    {
        path += ".exchange";
        if (auth != ResourceAuthKind.TokenExchange)
        {
            if (definition.Exchange is not null)
            {
                problems.Add(path, "is only for auth tokenExchange");
            }

            return null;
        }

        if (definition.Exchange is not { } exchange)
        {
            problems.Add(path, "is missing; tokenExchange needs a provider to exchange at");
            return null;
        }

        var provider = exchange.Provider is null ? null : providers.GetValueOrDefault(exchange.Provider);
        if (exchange.Provider is null || !definedProviders.ContainsKey(exchange.Provider))
        {
            problems.Add(path + ".provider", exchange.Provider is null ? "is missing" : "names no provider");
        }
        else if (provider is { Kind: ProviderKind.Headers } or { ClientSecret: null })
        {
            problems.Add(path + ".provider", "has no client secret; without one anybody could exchange");
        }

        if (exchange.Audience is { } audience && (audience.Length is 0 or > MaxAudienceLength || audience.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            problems.Add(path + ".audience", "is not printable ASCII without spaces");
        }

        ProviderRules.CheckScopes(exchange.Scopes, path, problems);
        return provider is null
            ? null
            : new TokenExchange { Provider = provider, Audience = exchange.Audience, Scopes = exchange.Scopes, SubjectTokenType = exchange.SubjectTokenType };
    }
}
