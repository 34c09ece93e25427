namespace Keyholder.Clients;

/// <summary>Values of <c>token_endpoint_auth_method</c> (RFC 7591 section 2) that Keyholder supports.</summary>
public static class ClientAuthMethods
{
    /// <summary>A public client: it only names itself.</summary>
    public const string None = "none";

    /// <summary>The secret in the <c>Authorization: Basic</c> header.</summary>
    public const string SecretBasic = "client_secret_basic";

    /// <summary>The secret in the form.</summary>
    public const string SecretPost = "client_secret_post";

    /// <summary>A JWT signed with the client's private key (RFC 7523, OpenID Connect Core section 9).</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>Those a dynamic client may register.</summary>
    public static IReadOnlyList<string> Registrable { get; } = [SecretPost, None, SecretBasic];

    /// <summary>All of them in the order the metadata lists them; docs/adr/0005-auth-method-order.md says why this one.</summary>
    public static IReadOnlyList<string> Supported { get; } = [SecretPost, None, SecretBasic, PrivateKeyJwt];
}
