namespace Keyholder.Server.Configuration;

/// <summary>A pre-registered client as the operator wrote it, not validated yet.</summary>
public sealed record ClientDefinition
{
    /// <summary>The name people see. Default: the client id.</summary>
    public string? Name { get; init; }

    /// <summary>Where authorization answers may be sent to. At least one, unless the client uses <see cref="DeviceGrant"/> alone.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Whether the client may use the device authorization grant (RFC 8628), for machines without a browser. Default false.</summary>
    public bool DeviceGrant { get; init; }

    /// <summary>The client secret, 16 characters or more; left out for a public client.</summary>
    public string? Secret { get; init; }

    /// <summary>The public keys of the client as a JSON Web Key Set, for example <c>${file:agent.jwks.json}</c>; for <c>private_key_jwt</c>.</summary>
    public string? Jwks { get; init; }

    /// <summary>The URL the client's public keys are fetched from, in place of <see cref="Jwks"/>.</summary>
    public string? JwksUri { get; init; }

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c>, <c>private_key_jwt</c> or <c>none</c>. Default: <c>client_secret_basic</c> with a secret, <c>private_key_jwt</c> with keys, else <c>none</c>.</summary>
    public string? AuthMethod { get; init; }

    /// <summary>The scopes the client may ask for. Default: every scope.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <inheritdoc />
    public override string ToString() => "client definition";
}
