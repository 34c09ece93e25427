namespace Keyholder.Resources;

/// <summary>What the ways in which a provider departs from the RFCs have to look like.</summary>
internal static class ProviderQuirkRules
{
    /// <summary>Notes every mistake of a provider's quirks.</summary>
    public static void Check(ProviderDefinition definition, ProviderKind kind, string path, ConfigurationProblems problems)
    {
        if (definition.ScopeParameter is { } parameter && (parameter.Length == 0 || parameter.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            problems.Add(path + ".scopeParameter", "is not a printable name");
        }
        else if (definition.ScopeParameter is { } name && name != "scope" && ProviderRules.IsReserved(name))
        {
            problems.Add(path + ".scopeParameter", "is set by the protocol to something else");
        }

        if (definition.ScopeSeparator == ScopeSeparator.Comma && definition.Scopes?.Any(s => s.Contains(',', StringComparison.Ordinal)) == true)
        {
            problems.Add(path + ".scopes", "has a scope with a comma, which separates scopes here");
        }

        CheckMapping(definition.TokenResponse, path + ".tokenResponse", problems);
        CheckIdentity(definition.Identity, kind, path + ".identity", problems);
    }

    private static void CheckMapping(TokenResponseMapping? mapping, string path, ConfigurationProblems problems)
    {
        if (mapping is null)
        {
            return;
        }

        if (mapping.Within.Count == 0 || mapping.Within.Any(p => p.Length > 0 && !IsPath(p)))
        {
            problems.Add(path + ".within", NoPath + "; an empty one is the answer itself");
        }

        foreach (var (name, value) in new[]
                 {
                     ("accessToken", mapping.AccessToken), ("refreshToken", mapping.RefreshToken), ("expiresIn", mapping.ExpiresIn),
                     ("scope", mapping.Scope), ("tokenType", mapping.TokenType),
                 })
        {
            if (!IsPath(value))
            {
                problems.Add($"{path}.{name}", NoPath);
            }
        }

        if (mapping.TokenTypes.Count == 0)
        {
            problems.Add(path + ".tokenTypes", "is empty, so that every answer would be refused");
        }
    }

    private static void CheckIdentity(IdentityMapping? identity, ProviderKind kind, string path, ConfigurationProblems problems)
    {
        if (identity is null)
        {
            return;
        }

        if (identity.From == IdentitySource.UserInfo)
        {
            UrlRules.ParseSecure(identity.Url, path + ".url", problems);
        }
        else if (identity.Url is not null)
        {
            problems.Add(path + ".url", "is only for userInfo");
        }

        if (kind == ProviderKind.Oidc && identity.From != IdentitySource.IdToken)
        {
            problems.Add(path + ".from", "is idToken for kind oidc");
        }

        if (identity.Subject.Count == 0 || !identity.Subject.All(IsPath))
        {
            problems.Add(path + ".subject", NoPath);
        }

        if (!identity.Name.All(IsPath))
        {
            problems.Add(path + ".name", NoPath);
        }
    }

    private const string NoPath = "needs member names joined by dots, such as owner.user.id";

    private static bool IsPath(string path) => path.Split('.').All(member => member.Length > 0 && !member.Any(char.IsControl));
}
