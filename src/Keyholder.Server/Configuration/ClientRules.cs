using System.Security.Cryptography;
using System.Text;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>What a pre-registered client has to look like.</summary>
internal static class ClientRules
{
    private const int MinSecretLength = 16;
    private const int MaxIdLength = 256;

    public static IReadOnlyList<Client> Build(IReadOnlyDictionary<string, ClientDefinition> clients, ConfigurationProblems problems) =>
        [.. clients.Select(c => BuildClient(c.Key, c.Value, problems))];

    private static Client BuildClient(string id, ClientDefinition definition, ConfigurationProblems problems)
    {
        var path = "clients." + id;
        if (id.Length is 0 or > MaxIdLength || id.AsSpan().ContainsAnyExceptInRange('!', '~') || id.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(path, "a client id is 1 to 256 printable ASCII characters and does not begin with https://, which names a metadata document");
        }

        CheckRedirectUris(definition, path, problems);
        CheckKeys(definition, path, problems);
        if (definition.Secret is { Length: < MinSecretLength })
        {
            problems.Add(path + ".secret", "is shorter than 16 characters; leave it out for a public client");
        }

        return new Client
        {
            Id = id,
            Source = ClientSource.Configured,
            Name = definition.Name ?? id,
            RedirectUris = definition.RedirectUris,
            GrantTypes = GrantTypesOf(definition),
            ResponseTypes = ["code"],
            TokenEndpointAuthMethod = AuthMethod(definition, path, problems),
            Jwks = definition.Jwks,
            JwksUri = definition.JwksUri,
            SecretHash = definition.Secret is { } secret ? SHA256.HashData(Encoding.UTF8.GetBytes(secret)) : null,
            Scope = ScopeOf(definition, path, problems),
            ApplicationType = definition.RedirectUris.All(RedirectUriPolicy.IsNative) ? "native" : "web",
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
    }

    private static void CheckRedirectUris(ClientDefinition definition, string path, ConfigurationProblems problems)
    {
        if (definition.RedirectUris.Count > RedirectUriPolicy.MaxCount || (definition.RedirectUris.Count == 0 && !definition.DeviceGrant))
        {
            problems.Add(path + ".redirectUris", $"must hold 1 to {RedirectUriPolicy.MaxCount} URIs");
        }

        for (var i = 0; i < definition.RedirectUris.Count; i++)
        {
            if (RedirectUriPolicy.Refusal(definition.RedirectUris[i], allowPrivateUseSchemes: true) is { } refusal)
            {
                problems.Add($"{path}.redirectUris[{i}]", "is refused: " + refusal);
            }
        }
    }

    private static List<string> GrantTypesOf(ClientDefinition definition)
    {
        List<string> grants = [GrantTypes.RefreshToken];
        if (definition.RedirectUris.Count > 0)
        {
            grants.Add(GrantTypes.AuthorizationCode);
        }

        if (definition.DeviceGrant)
        {
            grants.Add(GrantTypes.DeviceCode);
        }

        return grants;
    }

    private static void CheckKeys(ClientDefinition definition, string path, ConfigurationProblems problems)
    {
        if (definition.Jwks is { } jwks && ClientKeyPolicy.Refusal(jwks) is { } refusal)
        {
            problems.Add(path + ".jwks", refusal);
        }

        if (definition.JwksUri is not { } uri)
        {
            return;
        }

        if (!ClientKeyPolicy.IsKeyUri(uri, allowLoopback: true))
        {
            problems.Add(path + ".jwksUri", "must be https, or http on this machine, without userinfo and fragment");
        }

        if (definition.Jwks is not null)
        {
            problems.Add(path + ".jwksUri", "contradicts jwks; give one of the two");
        }
    }

    private static string AuthMethod(ClientDefinition definition, string path, ConfigurationProblems problems)
    {
        var hasSecret = definition.Secret is not null;
        var hasKeys = definition.Jwks is not null || definition.JwksUri is not null;
        var method = definition.AuthMethod ?? (hasSecret ? ClientAuthMethods.SecretBasic : hasKeys ? ClientAuthMethods.PrivateKeyJwt : ClientAuthMethods.None);
        if (!ClientAuthMethods.Supported.Contains(method))
        {
            problems.Add(path + ".authMethod", "is not one of " + string.Join(", ", ClientAuthMethods.Supported));
            return method;
        }

        var needsSecret = method is ClientAuthMethods.SecretBasic or ClientAuthMethods.SecretPost;
        if (hasSecret != needsSecret)
        {
            problems.Add(path + ".authMethod", hasSecret ? $"is {method} although there is a secret" : "needs a secret");
        }

        if (hasKeys != (method == ClientAuthMethods.PrivateKeyJwt))
        {
            problems.Add(path + ".authMethod", hasKeys ? $"is {method} although there are keys" : "needs jwks or jwksUri");
        }

        return method;
    }

    private static string? ScopeOf(ClientDefinition definition, string path, ConfigurationProblems problems)
    {
        for (var i = 0; i < definition.Scopes?.Count; i++)
        {
            if (!Scopes.IsScopeToken(definition.Scopes[i]))
            {
                problems.Add($"{path}.scopes[{i}]", "is not a scope: printable ASCII without space, quote and backslash (RFC 6749 section 3.3)");
            }
        }

        return definition.Scopes is { } scopes ? Scopes.Format(scopes) : null;
    }
}
