namespace Keyholder.Resources;

/// <summary>
/// Where a provider's token endpoint puts what RFC 6749 section 5.1 names, for the ones that answer otherwise. A field is a dotted path of object members,
/// such as <c>data.token</c>, below the object that <see cref="Within"/> finds.
/// </summary>
public sealed record TokenResponseMapping
{
    /// <summary>RFC 6749 as it is written.</summary>
    public static TokenResponseMapping Standard { get; } = new();

    /// <summary>The objects to look in, tried in order; an empty path is the answer itself. The first that holds an access token is used for every field, so that fields of two tokens never mix. Default: the answer itself.</summary>
    public IReadOnlyList<string> Within { get; init; } = [""];

    /// <summary>The access token.</summary>
    public string AccessToken { get; init; } = "access_token";

    /// <summary>The refresh token.</summary>
    public string RefreshToken { get; init; } = "refresh_token";

    /// <summary>The lifetime of the access token in seconds.</summary>
    public string ExpiresIn { get; init; } = "expires_in";

    /// <summary>The granted scopes.</summary>
    public string Scope { get; init; } = "scope";

    /// <summary>The type of the token.</summary>
    public string TokenType { get; init; } = "token_type";

    /// <summary>The types that are sent as a bearer token, whatever their case; an answer with another type is refused, and unless <c>bearer</c> is one of them also an answer with none.</summary>
    public IReadOnlyList<string> TokenTypes { get; init; } = ["bearer"];

    /// <summary>Whether a form-encoded answer is read too, for providers that do not answer JSON.</summary>
    public bool FormEncoded { get; init; }

    /// <summary>Error codes of the provider's own that say that a code or refresh token is dead, as <c>invalid_grant</c> does.</summary>
    public IReadOnlyList<string> DeadGrantErrors { get; init; } = [];

    /// <summary>Error codes of the provider's own that say that the client id or secret is wrong, as <c>invalid_client</c> does.</summary>
    public IReadOnlyList<string> RefusedClientErrors { get; init; } = [];
}
