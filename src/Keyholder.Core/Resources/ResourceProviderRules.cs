namespace Keyholder.Resources;

/// <summary>Which providers a resource may use together.</summary>
internal static class ResourceProviderRules
{
    private const int MaxProviders = 16;

    public static IReadOnlyList<ResourceProvider> Build(
        ResourceDefinition definition,
        ResourceAuthKind auth,
        string path,
        Dictionary<string, Provider> providers,
        IReadOnlyDictionary<string, ProviderDefinition> definedProviders,
        ConfigurationProblems problems)
    {
        var listPath = path + ".providers";
        var single = definition.Provider is not null;
        if (auth != ResourceAuthKind.Credentials)
        {
            if (single || definition.Providers.Count > 0)
            {
                problems.Add(single ? path + ".provider" : listPath, "is only for auth credentials");
            }

            return [];
        }

        if (single && definition.Providers.Count > 0)
        {
            problems.Add(path + ".provider", "is short for a list of one; providers is there too");
            return [];
        }

        if (!single && definition.Providers.Count is 0 or > MaxProviders)
        {
            problems.Add(
                definition.Providers.Count == 0 ? path + ".provider" : listPath,
                definition.Providers.Count == 0 ? "is missing; credentials needs at least one of the providers" : $"has more than {MaxProviders} providers");
            return [];
        }

        var written = single ? [new ResourceProviderDefinition { Provider = definition.Provider }] : definition.Providers;
        var used = new List<ResourceProvider>();
        var setBy = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < written.Count; i++)
        {
            var entryPath = single ? path : $"{listPath}[{i}]";
            if (Find(written[i], entryPath, providers, definedProviders, problems) is { } provider)
            {
                used.Add(Entry(written[i], provider, used, setBy, entryPath, problems));
            }
        }

        return used;
    }

    private static Provider? Find(
        ResourceProviderDefinition written,
        string path,
        Dictionary<string, Provider> providers,
        IReadOnlyDictionary<string, ProviderDefinition> definedProviders,
        ConfigurationProblems problems)
    {
        path += ".provider";
        if (written.Provider is not { } name)
        {
            problems.Add(path, "is missing");
            return null;
        }

        if (!definedProviders.ContainsKey(name))
        {
            problems.Add(path, "names no provider");
        }

        return providers.GetValueOrDefault(name);
    }

    private static ResourceProvider Entry(
        ResourceProviderDefinition written,
        Provider provider,
        List<ResourceProvider> before,
        Dictionary<string, string> setBy,
        string path,
        ConfigurationProblems problems)
    {
        if (before.Exists(p => p.Provider.Name == provider.Name))
        {
            problems.Add(path + ".provider", "is there twice");
        }

        var headerPath = path + ".header";
        if (written.Header is { } header && (provider.Kind == ProviderKind.Headers ? "is not for providers of kind headers, which declare theirs" : StaticHeaderRules.NameProblem(header)) is { } problem)
        {
            problems.Add(headerPath, problem);
        }

        var own = string.Equals(written.Header, "Authorization", StringComparison.OrdinalIgnoreCase) ? null : written.Header;
        var entry = new ResourceProvider(provider, written.Required, own);
        foreach (var name in entry.HeaderNames)
        {
            if (!setBy.TryAdd(name, provider.Name))
            {
                problems.Add(headerPath, $"needs another value: {setBy[name]} sets {name} already");
            }
        }

        return entry;
    }
}
