using System.Globalization;
using Keyholder.Resources;
using Keyholder.Server.Configuration;

namespace Keyholder.Server.Hosting;

/// <summary>What a person who starts the server wants to see. No secrets.</summary>
internal static class StartupReport
{
    /// <summary>The report.</summary>
    /// <param name="configuration">What is in force.</param>
    /// <param name="file">The configuration file; null = none.</param>
    public static string Of(KeyholderConfiguration configuration, string? file)
    {
        var lines = new List<(string Label, string Value)>
        {
            ("public URL", configuration.Issuer.Value),
            ("listening on", string.Join(", ", configuration.Listen)),
            ("data", StorageServices.Describe(configuration.Storage)),
            ("configuration", file is null ? "none, defaults" : Path.GetFullPath(file)),
        };
        lines.AddRange(configuration.Resources.Resources.Select(r => ("resource", $"{r.Uri} -> {r.Upstream.GetLeftPart(UriPartial.Path)} ({AuthOf(r)})")));
        if (configuration.Resources.Resources.Count == 0)
        {
            lines.Add(("resource", "none yet; add one to keyholder.json and start again:"));
        }

        var report = string.Join('\n', lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"  {l.Label,-14} {l.Value}")));
        return configuration.Resources.Resources.Count == 0 ? $"Keyholder is ready.\n{report}\n{Example}" : $"Keyholder is ready.\n{report}";
    }

    private const string Example = """

          { "resources": { "demo": { "upstream": "https://mcp.example.com/mcp", "auth": "none" } } }

        """;

    private static string AuthOf(Resource resource) => resource.Auth switch
    {
        ResourceAuthKind.Credentials => string.Join(", ", resource.Providers.Select(p => CredentialOf(p.Provider))),
        ResourceAuthKind.TokenExchange => $"each client's own token, exchanged at {resource.Exchange!.Provider.DisplayName}",
        ResourceAuthKind.StaticHeaders => "static headers: " + string.Join(", ", resource.StaticHeaders.Select(h => h.Key)),
        _ => "no credential",
    };

    private static string CredentialOf(Provider provider) => (provider.Owner, provider.Kind) switch
    {
        (ProviderOwner.Shared, _) => $"the shared {provider.DisplayName} account",
        (_, ProviderKind.Headers) => $"each user's own {provider.DisplayName} headers",
        _ => $"each user's own {provider.DisplayName} account",
    };
}
