namespace Keyholder.Resources;

/// <summary>What a provider of kind <c>headers</c> has to look like: declared headers and nothing of OAuth.</summary>
internal static class HeadersProviderRules
{
    private const int MaxHeaders = 16;
    private const int MaxLength = 128;

    public static Provider? Build(string name, ProviderDefinition definition, string path, int problemsBefore, ConfigurationProblems problems)
    {
        CheckNothingOfOAuth(definition, path, problems);
        if (definition.Headers.Count is 0 or > MaxHeaders)
        {
            problems.Add(path + ".headers", definition.Headers.Count == 0 ? "is missing; kind headers needs at least one" : $"has more than {MaxHeaders} headers");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var headers = definition.Headers.Select(h => HeaderOf(h.Key, h.Value, path, seen, problems)).ToList();
        if (definition.Headers.Count > 0 && !headers.Exists(h => h.Required))
        {
            problems.Add(path + ".headers", "has no required header; an empty credential would do");
        }

        return problems.All.Count > problemsBefore
            ? null
            : new Provider
            {
                Name = name,
                DisplayName = definition.DisplayName ?? name,
                Kind = ProviderKind.Headers,
                ClientId = "",
                ClientAuthMethod = "none",
                Scopes = [],
                Owner = definition.Owner,
                Headers = headers,
            };
    }

    private static DeclaredHeader HeaderOf(string written, DeclaredHeaderDefinition header, string path, HashSet<string> seen, ConfigurationProblems problems)
    {
        path = $"{path}.headers.{written}";
        var name = written.Trim().ToLowerInvariant();
        if (StaticHeaderRules.NameProblem(name) is { } problem)
        {
            problems.Add(path, problem);
        }
        else if (!seen.Add(name))
        {
            problems.Add(path, "is there twice; header names ignore case");
        }

        if (header.Label is { } label && (string.IsNullOrWhiteSpace(label) || label.Length > MaxLength || label.Any(char.IsControl)))
        {
            problems.Add(path + ".label", $"is not a line of text of at most {MaxLength} characters");
        }

        var prefix = header.Prefix ?? "";
        if (prefix.Length > MaxLength || prefix.StartsWith(' ') || prefix.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            problems.Add(path + ".prefix", $"is not printable ASCII of at most {MaxLength} characters that begins without a space");
        }

        return new DeclaredHeader(name, header.Label ?? written.Trim(), header.Required, prefix);
    }

    private static void CheckNothingOfOAuth(ProviderDefinition definition, string path, ConfigurationProblems problems)
    {
        (string Key, bool Written)[] keys =
        [
            ("issuer", definition.Issuer is not null),
            ("authorizationEndpoint", definition.AuthorizationEndpoint is not null),
            ("tokenEndpoint", definition.TokenEndpoint is not null),
            ("clientId", definition.ClientId is not null),
            ("clientSecret", definition.ClientSecret is not null),
            ("clientAuthMethod", definition.ClientAuthMethod is not null),
            ("scopes", definition.Scopes is not null),
            ("refreshEndpoint", definition.RefreshEndpoint is not null),
            ("revocationEndpoint", definition.RevocationEndpoint is not null),
            ("tokenResponse", definition.TokenResponse is not null),
            ("identity", definition.Identity is not null),
            ("authorizationParameters", definition.AuthorizationParameters.Count > 0),
            ("callback", definition.Callback is not null),
            ("signIn", definition.SignIn),
            ("resourceParameter", definition.ResourceParameter is not null),
        ];
        foreach (var (key, _) in keys.Where(k => k.Written))
        {
            problems.Add($"{path}.{key}", "is not for kind headers");
        }
    }
}
