using System.Collections.Frozen;
using Keyholder.Resources.Catalogue;

namespace Keyholder.Resources;

/// <summary>What a provider has to look like.</summary>
internal static class ProviderRules
{
    private static readonly string[] AuthMethods = ["client_secret_basic", "client_secret_post", "none"];

    /// <summary>Parameters the protocol sets; configuring one would break or weaken it.</summary>
    private static readonly FrozenSet<string> ReservedParameters = new[]
    {
        "client_id", "client_secret", "code_challenge", "code_challenge_method", "id_token_hint", "iss", "nonce", "redirect_uri", "registration", "request",
        "request_uri", "resource", "response_mode", "response_type", "scope", "state",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the protocol owns an authorization parameter, so that configuration must not set it.</summary>
    public static bool IsReserved(string parameter) => ReservedParameters.Contains(parameter);

    public static Provider? Build(string name, ProviderDefinition written, ConfigurationProblems problems)
    {
        var path = "providers." + name;
        var before = problems.All.Count;
        var definition = ProviderCatalogue.Complete(name, written, problems);
        if (!ResourceRules.IsName(name))
        {
            problems.Add(path, "a provider name is 1 to 63 of a-z, 0-9 and -, and neither begins nor ends with -");
        }

        if (definition.Kind is not { } kind)
        {
            problems.Add(path + ".kind", "is missing; one of oauth2, oidc, headers, or name an entry of the catalogue: " + string.Join(", ", ProviderCatalogue.Names));
            kind = ProviderKind.OAuth2;
        }

        if (kind == ProviderKind.Headers)
        {
            return HeadersProviderRules.Build(name, definition, path, before, problems);
        }

        if (definition.Headers.Count > 0)
        {
            problems.Add(path + ".headers", "is only for kind headers");
        }

        var (authorization, token) = Endpoints(definition, kind, path, problems);
        var method = AuthMethod(definition.ClientSecret, definition.ClientAuthMethod, path, problems);
        CheckClientId(definition.ClientId, path, problems);
        CheckScopes(definition.Scopes ?? [], path, problems);
        CheckParameters(definition, path, problems);
        ProviderQuirkRules.Check(definition, kind, path, problems);
        var refresh = Optional(definition.RefreshEndpoint, path + ".refreshEndpoint", problems);
        var revocation = Optional(definition.RevocationEndpoint, path + ".revocationEndpoint", problems);
        if (definition.SignIn && definition.Kind == ProviderKind.OAuth2)
        {
            problems.Add(path + ".signIn", "needs kind oidc: plain OAuth does not say who the person is");
        }

        return problems.All.Count > before
            ? null
            : new Provider
            {
                Name = name,
                DisplayName = definition.DisplayName ?? name,
                Kind = kind,
                Issuer = definition.Issuer,
                AuthorizationEndpoint = authorization,
                TokenEndpoint = token,
                ClientId = definition.ClientId!,
                ClientSecret = definition.ClientSecret,
                ClientAuthMethod = method,
                Scopes = definition.Scopes ?? [],
                AuthorizationParameters = [.. definition.AuthorizationParameters.Where(p => p.Value.Length > 0)],
                SignIn = definition.SignIn,
                ResourceParameter = definition.ResourceParameter,
                Owner = definition.Owner,
                Callback = definition.Callback ?? ProviderCallback.Shared,
                RefreshEndpoint = refresh,
                RevocationEndpoint = revocation,
                ScopeParameter = definition.ScopeParameter ?? "scope",
                ScopeSeparator = definition.ScopeSeparator ?? ScopeSeparator.Space,
                TokenRequestFormat = definition.TokenRequestFormat ?? TokenRequestFormat.Form,
                TokenResponse = definition.TokenResponse ?? TokenResponseMapping.Standard,
                Identity = definition.Identity,
                AssumePkce = definition.AssumePkce ?? false,
            };
    }

    private static (Uri? Authorization, Uri? Token) Endpoints(ProviderDefinition definition, ProviderKind kind, string path, ConfigurationProblems problems)
    {
        var (hasAuthorization, hasToken) = (definition.AuthorizationEndpoint is not null, definition.TokenEndpoint is not null);
        if (kind == ProviderKind.Oidc && (hasAuthorization || hasToken))
        {
            problems.Add(path + (hasAuthorization ? ".authorizationEndpoint" : ".tokenEndpoint"), "is found by discovery for kind oidc");
        }
        else if (hasAuthorization != hasToken)
        {
            problems.Add(path + (hasAuthorization ? ".tokenEndpoint" : ".authorizationEndpoint"), "is missing; the two endpoints go together");
        }

        if (kind == ProviderKind.Oidc || definition.Issuer is not null || !(hasAuthorization || hasToken))
        {
            var issuer = UrlRules.ParseSecure(definition.Issuer, path + ".issuer", problems);
            if (issuer is { Query.Length: > 0 })
            {
                problems.Add(path + ".issuer", "has a query, which an issuer must not have (RFC 8414 section 2)");
            }
        }

        return (
            hasAuthorization ? UrlRules.ParseSecure(definition.AuthorizationEndpoint, path + ".authorizationEndpoint", problems) : null,
            hasToken ? UrlRules.ParseSecure(definition.TokenEndpoint, path + ".tokenEndpoint", problems) : null);
    }

    private static Uri? Optional(string? endpoint, string path, ConfigurationProblems problems) =>
        endpoint is null ? null : UrlRules.ParseSecure(endpoint, path, problems);

    /// <summary>How Keyholder authenticates with or without a secret; a contradiction is a problem.</summary>
    public static string AuthMethod(string? secret, string? written, string path, ConfigurationProblems problems)
    {
        var method = written ?? (secret is null ? "none" : "client_secret_basic");
        if (!AuthMethods.Contains(method))
        {
            problems.Add(path + ".clientAuthMethod", "is not one of " + string.Join(", ", AuthMethods));
        }
        else if (secret is null != (method == "none"))
        {
            problems.Add(path + ".clientAuthMethod", secret is null ? "needs a clientSecret" : "is none although there is a clientSecret");
        }

        if (secret is { Length: 0 })
        {
            problems.Add(path + ".clientSecret", "is empty; leave it out for a public client");
        }

        return method;
    }

    /// <summary>A client id has to be there.</summary>
    public static void CheckClientId(string? clientId, string path, ConfigurationProblems problems)
    {
        if (string.IsNullOrWhiteSpace(clientId))
        {
            problems.Add(path + ".clientId", "is missing");
        }
    }

    /// <summary>Every scope has to be one.</summary>
    public static void CheckScopes(IReadOnlyList<string> scopes, string path, ConfigurationProblems problems)
    {
        for (var i = 0; i < scopes.Count; i++)
        {
            if (!OAuth.Scopes.IsScopeToken(scopes[i]))
            {
                problems.Add($"{path}.scopes[{i}]", "is not a scope: printable ASCII without space, quote and backslash (RFC 6749 section 3.3)");
            }
        }
    }

    private static void CheckParameters(ProviderDefinition definition, string path, ConfigurationProblems problems)
    {
        foreach (var (name, value) in definition.AuthorizationParameters)
        {
            if (ReservedParameters.Contains(name))
            {
                problems.Add($"{path}.authorizationParameters.{name}", "is set by the protocol and cannot be configured");
            }
            else if (definition.ScopeParameter == name)
            {
                problems.Add($"{path}.authorizationParameters.{name}", "carries the scopes; write them as scopes");
            }
            else if (name.Length == 0 || name.AsSpan().ContainsAnyExceptInRange('!', '~') || value.Any(char.IsControl))
            {
                problems.Add($"{path}.authorizationParameters.{name}", "is not a printable name with a printable value");
            }
        }

        if (definition.ResourceParameter is { } resource
            && (!Uri.TryCreate(resource, UriKind.Absolute, out _) || resource.Contains('#', StringComparison.Ordinal)))
        {
            problems.Add(path + ".resourceParameter", "is not an absolute URI without fragment (RFC 8707 section 2)");
        }
    }
}
