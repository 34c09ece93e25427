using System.Collections.Frozen;

namespace Keyholder.Resources.Catalogue;

/// <summary>Built-in definitions of well-known providers, so that a client id and secret are enough to use one.</summary>
public static class ProviderCatalogue
{
    private static readonly FrozenDictionary<string, ProviderDefinition> Entries = new Dictionary<string, ProviderDefinition>
    {
        ["atlassian"] = Atlassian.Definition,
        ["figma"] = Figma.Definition,
        ["github"] = GitHub.Definition,
        ["gitlab"] = GitLab.Definition,
        ["google"] = Google.Definition,
        ["linear"] = Linear.Definition,
        ["microsoft"] = MicrosoftEntra.Definition,
        ["notion"] = Notion.Definition,
        ["sentry"] = Sentry.Definition,
        ["slack"] = Slack.Definition,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of all entries, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The entry with that name, or null.</summary>
    public static ProviderDefinition? Find(string name) => Entries.GetValueOrDefault(name);

    /// <summary>
    /// What the operator wrote, every field left out filled from the catalogue. When the operator says where the provider is, nothing is filled that names a server:
    /// a token of one installation never goes to the host of another.
    /// </summary>
    /// <param name="name">The key of the entry.</param>
    /// <param name="written">What the operator wrote.</param>
    /// <param name="problems">Gets an unknown catalogue name, at <c>providers.NAME.catalogue</c>.</param>
    public static ProviderDefinition Complete(string name, ProviderDefinition written, ConfigurationProblems problems)
    {
        var elsewhere = written.Kind is not null || written.Issuer is not null || written.AuthorizationEndpoint is not null || written.TokenEndpoint is not null;
        var entry = written.Catalogue is { } catalogue ? Find(catalogue) : elsewhere ? null : Find(name);
        if (entry is null)
        {
            if (written.Catalogue is not null)
            {
                problems.Add($"providers.{name}.catalogue", "is not in the catalogue, which has " + string.Join(", ", Names));
            }

            return written;
        }

        return Fill(written, elsewhere ? WithoutServers(entry) : entry);
    }

    private static ProviderDefinition Fill(ProviderDefinition written, ProviderDefinition entry) => written with
    {
        DisplayName = written.DisplayName ?? entry.DisplayName,
        Kind = written.Kind ?? entry.Kind,
        Issuer = written.Issuer ?? entry.Issuer,
        AuthorizationEndpoint = written.AuthorizationEndpoint ?? entry.AuthorizationEndpoint,
        TokenEndpoint = written.TokenEndpoint ?? entry.TokenEndpoint,
        RefreshEndpoint = written.RefreshEndpoint ?? entry.RefreshEndpoint,
        RevocationEndpoint = written.RevocationEndpoint ?? entry.RevocationEndpoint,
        ClientAuthMethod = written.ClientAuthMethod ?? (written.ClientSecret is null ? null : entry.ClientAuthMethod),
        Scopes = written.Scopes ?? entry.Scopes,
        ScopeSeparator = written.ScopeSeparator ?? entry.ScopeSeparator,
        ScopeParameter = written.ScopeParameter ?? entry.ScopeParameter,
        AuthorizationParameters = Merge(written.AuthorizationParameters, entry.AuthorizationParameters),
        TokenRequestFormat = written.TokenRequestFormat ?? entry.TokenRequestFormat,
        TokenResponse = written.TokenResponse ?? entry.TokenResponse,
        Identity = written.Identity ?? entry.Identity,
        AssumePkce = written.AssumePkce ?? entry.AssumePkce,
    };

    private static ProviderDefinition WithoutServers(ProviderDefinition entry) => entry with
    {
        Kind = null,
        Issuer = null,
        AuthorizationEndpoint = null,
        TokenEndpoint = null,
        RefreshEndpoint = null,
        RevocationEndpoint = null,
        Identity = entry.Identity?.Url is null ? entry.Identity : null,
    };

    private static OrderedDictionary<string, string> Merge(IReadOnlyDictionary<string, string> written, IReadOnlyDictionary<string, string> entry)
    {
        var merged = new OrderedDictionary<string, string>(entry, StringComparer.Ordinal);
        foreach (var (name, value) in written)
        {
            merged[name] = value;
        }

        return merged;
    }
}
