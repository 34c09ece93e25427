using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>The client information response (RFC 7591 section 3.2.1, RFC 7592 section 3): the metadata as registered, not as requested.</summary>
public static class ClientInformation
{
    /// <summary>The response as UTF-8 JSON. Holds the secrets, if there are any: never to be logged or cached.</summary>
    /// <param name="registered">The client.</param>
    /// <param name="configurationEndpoint">Where a client with a registration token manages itself.</param>
    public static byte[] Write(RegisteredClient registered, string? configurationEndpoint = null) => JsonDocumentText.Write(json =>
    {
        var client = registered.Client;
        json.WriteString("client_id", client.Id);
        json.WriteNumber("client_id_issued_at", client.CreatedAt.ToUnixTimeSeconds());
        if (registered.Secret is not null)
        {
            json.WriteString("client_secret", registered.Secret);
            json.WriteNumber("client_secret_expires_at", 0);
        }

        if (registered.RegistrationToken is not null)
        {
            json.WriteString("registration_access_token", registered.RegistrationToken);
            json.WriteString("registration_client_uri", configurationEndpoint);
        }

        json.WriteStrings("redirect_uris", client.RedirectUris);
        json.WriteString("token_endpoint_auth_method", client.TokenEndpointAuthMethod);
        if (client.Jwks is not null)
        {
            json.WritePropertyName("jwks");
            json.WriteRawValue(client.Jwks);
        }

        json.WriteStrings("grant_types", client.GrantTypes);
        json.WriteStrings("response_types", client.ResponseTypes);
        json.WriteString("application_type", client.ApplicationType);
        foreach (var (name, value) in OptionalMembers(client))
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }
    });

    private static IEnumerable<(string Name, string? Value)> OptionalMembers(Client client) =>
    [
        ("client_name", client.Name),
        ("scope", client.Scope),
        ("jwks_uri", client.JwksUri),
        ("client_uri", client.ClientUri),
        ("logo_uri", client.LogoUri),
        ("policy_uri", client.PolicyUri),
        ("tos_uri", client.TosUri),
        ("software_id", client.SoftwareId),
        ("software_version", client.SoftwareVersion),
    ];
}
