using Keyholder.Clients;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>clients</c>.</summary>
internal static class ClientRows
{
    public static Task InsertAsync(PostgresStatements statements, Client client) => statements.ExecuteAsync(
        $"""
        INSERT INTO clients ({ClientColumns.All}) VALUES (
          @id, @source, @name, @redirect_uris, @grant_types, @response_types, @token_endpoint_auth_method, @secret_hash, @scope, @application_type,
          @client_uri, @logo_uri, @policy_uri, @tos_uri, @software_id, @software_version, @created_at, @expires_at,
          @registration_token_hash)
        """,
        ("id", client.Id),
        ("source", StoredWords.ClientSource.Write(client.Source)),
        ("name", client.Name),
        ("redirect_uris", JsonText.Write(client.RedirectUris)),
        ("grant_types", JsonText.Write(client.GrantTypes)),
        ("response_types", JsonText.Write(client.ResponseTypes)),
        ("token_endpoint_auth_method", client.TokenEndpointAuthMethod),
        ("secret_hash", client.SecretHash),
        ("scope", client.Scope),
        ("application_type", client.ApplicationType),
        ("client_uri", client.ClientUri),
        ("logo_uri", client.LogoUri),
        ("policy_uri", client.PolicyUri),
        ("tos_uri", client.TosUri),
        ("software_id", client.SoftwareId),
        ("software_version", client.SoftwareVersion),
        ("created_at", client.CreatedAt),
        ("expires_at", client.ExpiresAt),
        ("registration_token_hash", client.RegistrationTokenHash));

    /// <summary>Replaces what the client registered; how many rows changed.</summary>
    public static Task<int> UpdateAsync(PostgresStatements statements, Client client) => statements.ExecuteAsync(
        """
        UPDATE clients
        SET name = @name, redirect_uris = @redirect_uris, grant_types = @grant_types, response_types = @response_types,
            token_endpoint_auth_method = @token_endpoint_auth_method, secret_hash = @secret_hash, scope = @scope, application_type = @application_type,
            client_uri = @client_uri, logo_uri = @logo_uri, policy_uri = @policy_uri, tos_uri = @tos_uri,
            software_id = @software_id, software_version = @software_version
        WHERE id = @id AND registration_token_hash = @registration_token_hash
        """,
        ("name", client.Name),
        ("redirect_uris", JsonText.Write(client.RedirectUris)),
        ("grant_types", JsonText.Write(client.GrantTypes)),
        ("response_types", JsonText.Write(client.ResponseTypes)),
        ("token_endpoint_auth_method", client.TokenEndpointAuthMethod),
        ("secret_hash", client.SecretHash),
        ("scope", client.Scope),
        ("application_type", client.ApplicationType),
        ("client_uri", client.ClientUri),
        ("logo_uri", client.LogoUri),
        ("policy_uri", client.PolicyUri),
        ("tos_uri", client.TosUri),
        ("software_id", client.SoftwareId),
        ("software_version", client.SoftwareVersion),
        ("id", client.Id),
        ("registration_token_hash", client.RegistrationTokenHash));
}
