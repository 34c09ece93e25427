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
          @client_uri, @logo_uri, @policy_uri, @tos_uri, @software_id, @software_version, @created_at, @expires_at)
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
        ("expires_at", client.ExpiresAt));
}
