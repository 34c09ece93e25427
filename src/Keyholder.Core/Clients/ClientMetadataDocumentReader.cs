using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>
/// Reads a client-id metadata document: the metadata of RFC 7591, as strictly, and besides a name, the document's own URL as <c>client_id</c>, and no secret, since
/// everyone can read it (draft-ietf-oauth-client-id-metadata-document section 4.1).
/// </summary>
public static class ClientMetadataDocumentReader
{
    /// <summary>The largest document that is fetched, in bytes.</summary>
    public const int MaxBytes = 5 * 1024;

    private static readonly string[] AuthMethods = [ClientAuthMethods.None, ClientAuthMethods.PrivateKeyJwt];

    private static readonly string[] Secrets = ["client_secret", "client_secret_expires_at"];

    /// <summary>The client, or <see cref="OAuthErrors.InvalidClientMetadata"/> or <see cref="OAuthErrors.InvalidRedirectUri"/>.</summary>
    /// <param name="document">UTF-8 JSON.</param>
    /// <param name="url">Where it is: the client id.</param>
    /// <param name="allowPrivateUseSchemes"><see cref="ClientRegistrationOptions.AllowPrivateUseSchemes"/>.</param>
    /// <param name="allowLoopback"><see cref="ClientMetadataDocumentOptions.AllowLoopback"/>.</param>
    /// <param name="readAt">The client's <see cref="Client.CreatedAt"/>.</param>
    public static OAuthResult<Client> Read(ReadOnlyMemory<byte> document, string url, bool allowPrivateUseSchemes, bool allowLoopback, DateTimeOffset readAt)
    {
        string? jwks = null, jwksUri = null;
        var metadata = ClientMetadataReader.Read(document, allowPrivateUseSchemes, AuthMethods, fields =>
        {
            Check(fields, url);
            (jwks, jwksUri) = ReadKeys(fields, allowLoopback);
        });
        return metadata.Failed
            ? metadata.Error
            : metadata.Value.ToClient(url, ClientSource.MetadataDocument, readAt) with { Jwks = jwks, JwksUri = jwksUri };
    }

    /// <summary>A client with <c>private_key_jwt</c> has its keys in the document or says where they are; any other has none.</summary>
    private static (string? Jwks, string? JwksUri) ReadKeys(MetadataFields fields, bool allowLoopback)
    {
        if (fields.Text("token_endpoint_auth_method") != ClientAuthMethods.PrivateKeyJwt)
        {
            return (null, null);
        }

        var (jwks, jwksUri) = (fields.Json("jwks"), fields.Text("jwks_uri"));
        if (jwks is null == jwksUri is null)
        {
            fields.Refuse("jwks", "or jwks_uri, one of the two, has to be there for private_key_jwt");
        }
        else if (jwks is not null && ClientKeyPolicy.Refusal(jwks) is { } refusal)
        {
            fields.Refuse("jwks", refusal);
        }
        else if (jwksUri is not null && !ClientKeyPolicy.IsKeyUri(jwksUri, allowLoopback))
        {
            fields.Refuse("jwks_uri", "must be a plain https URL of at most 2048 characters");
        }

        return (jwks, jwksUri);
    }

    private static void Check(MetadataFields fields, string url)
    {
        if (!string.Equals(fields.Text("client_id"), url, StringComparison.Ordinal))
        {
            fields.Refuse("client_id", "is not the URL of the document");
        }

        if (fields.DisplayText("client_name") is null)
        {
            fields.Refuse("client_name", "is missing");
        }

        foreach (var secret in Secrets.Where(fields.Has))
        {
            fields.Refuse(secret, "does not belong in a public document");
        }

        if (fields.Text("token_endpoint_auth_method") is ClientAuthMethods.SecretBasic or ClientAuthMethods.SecretPost)
        {
            fields.Refuse("token_endpoint_auth_method", "needs a shared secret, which a public document cannot have");
        }
    }
}
