using System.Data.Common;
using Keyholder.Clients;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>clients</c> and how to read them.</summary>
internal static class ClientColumns
{
    public const string All = """
        id, source, name, redirect_uris, grant_types, response_types, token_endpoint_auth_method, secret_hash, scope, application_type,
        client_uri, logo_uri, policy_uri, tos_uri, software_id, software_version, created_at, expires_at,
        registration_token_hash
        """;

    public static Client Read(DbDataReader row) => new()
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
        RegistrationTokenHash = row.BytesOrNull(18),
    };
}
