using Keyholder.OAuth;

namespace Keyholder.Resources;

/// <summary>Turns definitions into the immutable snapshot, or says everything that is wrong with them.</summary>
public static class ResourceRules
{
    /// <summary>The path below the issuer under which every resource lies.</summary>
    public const string PathPrefix = "/mcp/";

    /// <summary>The well-known path of resource metadata (RFC 9728 section 3.1), before the resource's own path.</summary>
    public const string MetadataPrefix = "/.well-known/oauth-protected-resource";

    private const int MaxNameLength = 63;

    /// <summary>Validates and builds. With any problem the snapshot lacks what is wrong and must not be used.</summary>
    /// <param name="issuer">The issuer the resource URIs lie below.</param>
    /// <param name="resources">Name → definition, in configured order.</param>
    /// <param name="providers">Name → definition, in configured order.</param>
    /// <param name="problems">Gets every mistake, under <c>resources.NAME…</c> and <c>providers.NAME…</c>.</param>
    public static ResourceSnapshot Build(
        Issuer issuer,
        IReadOnlyDictionary<string, ResourceDefinition> resources,
        IReadOnlyDictionary<string, ProviderDefinition> providers,
        ConfigurationProblems problems)
    {
        var validProviders = providers.Select(p => ProviderRules.Build(p.Key, p.Value, problems)).OfType<Provider>().ToList();
        var byName = validProviders.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var validResources = resources.Select(r => BuildResource(issuer, r.Key, r.Value, byName, providers, problems)).OfType<Resource>().ToList();
        var discovered = validResources.SelectMany(r => r.Providers).Select(p => p.Provider).Where(p => p.Discovery is not null);
        return new(validResources, [.. validProviders, .. discovered]);
    }

    /// <summary>Whether a name can be a path segment, a logical name and part of a scope.</summary>
    internal static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && name[0] != '-' && name[^1] != '-';

    private static Resource? BuildResource(
        Issuer issuer,
        string name,
        ResourceDefinition definition,
        Dictionary<string, Provider> providers,
        IReadOnlyDictionary<string, ProviderDefinition> definedProviders,
        ConfigurationProblems problems)
    {
        var path = "resources." + name;
        var before = problems.All.Count;
        if (!IsName(name))
        {
            problems.Add(path, "a resource name is 1 to 63 of a-z, 0-9 and -, and neither begins nor ends with -");
        }

        var upstream = UpstreamUrl(issuer, definition, path, problems);
        if (definition.Auth is not { } auth)
        {
            problems.Add(path + ".auth", "is missing; one of none, staticHeaders, credentials, discovered, tokenExchange");
            auth = ResourceAuthKind.None;
        }

        var used = ResourceProviderRules.Build(definition, auth, path, providers, definedProviders, problems);
        if (auth == ResourceAuthKind.Discovered)
        {
            auth = ResourceAuthKind.Credentials;
            used = DiscoveryRules.Build(name, definition, upstream, path, definedProviders, problems) is { } found ? [new ResourceProvider(found)] : [];
        }
        else if (definition.Discovery is not null)
        {
            problems.Add(path + ".discovery", "is only for auth discovered");
        }

        var exchange = TokenExchangeRules.Build(definition, auth, path, providers, definedProviders, problems);
        var headers = StaticHeaderRules.Build(definition, auth, path, problems);
        var scopes = ScopesOf(name, definition, path, problems);
        var defaults = Subset(definition.DefaultScopes ?? scopes.Select(s => s.Name).ToList(), scopes.Select(s => s.Name), "scopes", path + ".defaultScopes", problems);
        var required = Subset(definition.RequiredScopes ?? (definition.Scopes.Count == 0 ? defaults : []), defaults, "defaultScopes", path + ".requiredScopes", problems);
        var tools = ToolRules.Build(definition.Tools, scopes, path, problems);
        if (upstream is null || problems.All.Count > before)
        {
            return null;
        }

        return new Resource
        {
            Name = name,
            Uri = issuer.At(PathPrefix + name),
            MetadataUri = issuer.At(MetadataPrefix + PathPrefix + name),
            DisplayName = definition.DisplayName ?? name,
            Upstream = upstream,
            Auth = auth,
            StaticHeaders = headers,
            Providers = used,
            Exchange = exchange,
            Subject = definition.Subject,
            Scopes = scopes,
            DefaultScopes = defaults,
            RequiredScopes = required,
            MaxRequestBodyBytes = definition.MaxRequestBodyBytes,
            ActivityTimeout = definition.ActivityTimeout,
            EndStreamsAtTokenExpiry = definition.EndStreamsAtTokenExpiry,
            Tools = tools,
            GrantToAllKeys = definition.GrantToAllKeys,
        };
    }

    private static Uri? UpstreamUrl(Issuer issuer, ResourceDefinition definition, string path, ConfigurationProblems problems)
    {
        path += ".upstream";
        if (UrlRules.Parse(definition.Upstream, path, problems) is not { } upstream)
        {
            return null;
        }

        if (upstream.Scheme == Uri.UriSchemeHttp && !upstream.IsLoopback && !definition.AllowInsecureUpstream)
        {
            problems.Add(path, "is plain http on another machine; use https, or set allowInsecureUpstream when the way there is trusted");
        }

        if (upstream.Authority.Equals(issuer.Uri.Authority, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(path, "points back at Keyholder itself");
        }

        return upstream;
    }

    private static List<ResourceScope> ScopesOf(string name, ResourceDefinition definition, string path, ConfigurationProblems problems)
    {
        if (definition.Scopes.Count == 0)
        {
            return [new ResourceScope("mcp:" + name, $"Use {definition.DisplayName ?? name}")];
        }

        foreach (var (scope, description) in definition.Scopes)
        {
            var scopePath = $"{path}.scopes.{scope}";
            if (!Scopes.IsScopeToken(scope))
            {
                problems.Add(scopePath, "is not a scope: printable ASCII without space, quote and backslash (RFC 6749 section 3.3)");
            }
            else if (scope is Scopes.OfflineAccess or "openid")
            {
                problems.Add(scopePath, "has a meaning of its own in the protocol");
            }

            if (string.IsNullOrWhiteSpace(description))
            {
                problems.Add(scopePath, "needs a description for the consent page");
            }
        }

        return [.. definition.Scopes.Select(s => new ResourceScope(s.Key, s.Value))];
    }

    private static List<string> Subset(IEnumerable<string> scopes, IEnumerable<string> of, string ofName, string path, ConfigurationProblems problems)
    {
        var list = scopes.Distinct(StringComparer.Ordinal).ToList();
        if (list.Except(of, StringComparer.Ordinal).Any())
        {
            problems.Add(path, $"holds a scope that is not one of {ofName}");
        }

        return list;
    }
}
