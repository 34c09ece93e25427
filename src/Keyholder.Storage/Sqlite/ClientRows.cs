using Keyholder.Clients;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>clients</c>.</summary>
internal static class ClientRows
{
    public const string Columns = """
        id, source, name, redirect_uris, grant_types, response_types, token_endpoint_auth_method, secret_hash, scope, application_type,
        client_uri, logo_uri, policy_uri, tos_uri, software_id, software_version, created_at, expires_at
        """;

    public static void Insert(PreparedConnection connection, Client client) => connection.Execute(
        $"""
        INSERT INTO clients ({Columns}) VALUES (
          $id, $source, $name, $redirect_uris, $grant_types, $response_types, $token_endpoint_auth_method, $secret_hash, $scope, $application_type,
          $client_uri, $logo_uri, $policy_uri, $tos_uri, $software_id, $software_version, $created_at, $expires_at)
        """,
        ("$id", client.Id),
        ("$source", StoredWords.ClientSource.Write(client.Source)),
        ("$name", client.Name),
        ("$redirect_uris", JsonText.Write(client.RedirectUris)),
        ("$grant_types", JsonText.Write(client.GrantTypes)),
        ("$response_types", JsonText.Write(client.ResponseTypes)),
        ("$token_endpoint_auth_method", client.TokenEndpointAuthMethod),
        ("$secret_hash", client.SecretHash),
        ("$scope", client.Scope),
        ("$application_type", client.ApplicationType),
        ("$client_uri", client.ClientUri),
        ("$logo_uri", client.LogoUri),
        ("$policy_uri", client.PolicyUri),
        ("$tos_uri", client.TosUri),
        ("$software_id", client.SoftwareId),
        ("$software_version", client.SoftwareVersion),
        ("$created_at", client.CreatedAt),
        ("$expires_at", client.ExpiresAt));

    public static Client Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Source = StoredWords.ClientSource.Read(row.GetString(1)),
        Name = row.TextOrNull(2),
        RedirectUris = row.List(3),
        GrantTypes = row.List(4),
        ResponseTypes = row.List(5),
        TokenEndpointAuthMethod = row.GetString(6),
        SecretHash = row.BytesOrNull(7),
        Scope = row.TextOrNull(8),
        ApplicationType = row.GetString(9),
        ClientUri = row.TextOrNull(10),
        LogoUri = row.TextOrNull(11),
        PolicyUri = row.TextOrNull(12),
        TosUri = row.TextOrNull(13),
        SoftwareId = row.TextOrNull(14),
        SoftwareVersion = row.TextOrNull(15),
        CreatedAt = row.Time(16),
        ExpiresAt = row.TimeOrNull(17),
    };
}
