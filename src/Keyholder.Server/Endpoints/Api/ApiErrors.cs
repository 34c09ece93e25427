namespace Keyholder.Server.Endpoints.Api;

/// <summary>The catalogue of the API's errors. Ids are stable; docs/errors.md lists them.</summary>
internal static class ApiErrors
{
    public static readonly ApiError TokenMissing = new("api.token_missing", 401, "unauthorized", "An access token for this API or an admin token is required.");
    public static readonly ApiError TokenInvalid = new("api.token_invalid", 401, "invalid_token", "The token is invalid, expired, revoked or for another resource.");
    public static readonly ApiError CredentialsConflict = new("api.credentials_conflict", 400, "invalid_request", "The request presents more than one credential.");
    public static readonly ApiError ScopeInsufficient = new("api.scope_insufficient", 403, "insufficient_scope", "The token or its user may not do this.");
    public static readonly ApiError RevocationUnknown = new("api.revocation_unknown", 503, "temporarily_unavailable", "Whether the token is revoked cannot be known now.");
    public static readonly ApiError ParameterInvalid = new("api.parameter_invalid", 400, "invalid_request", "A parameter is invalid.");
    public static readonly ApiError BodyInvalid = new("api.body_invalid", 400, "invalid_request", "The body has to be one JSON object without unknown or repeated members.");
    public static readonly ApiError BodyUnsupported = new("api.body_unsupported", 415, "invalid_request", "The body has to be application/json in UTF-8.");
    public static readonly ApiError BodyTooLarge = new("api.body_too_large", 413, "invalid_request", "The body is too large.");
    public static readonly ApiError SelectorEmpty = new("api.selector_empty", 400, "invalid_request", "Name at least one of user_id, client_id, virtual_key_id, subject_kind, resource.");
    public static readonly ApiError SessionUnknown = new("api.session_unknown", 404, "not_found", "There is no such session, or it is already revoked.");
    public static readonly ApiError RevocationNotStanding = new("api.revocation_not_standing", 404, "not_found", "No such revocation stands: it never did, has expired, or was lifted.");
    public static readonly ApiError RevocationPermanent = new("api.revocation_permanent", 409, "conflict", "The revocation is for good: only a quarantine can be lifted.");
    public static readonly ApiError VirtualKeyUnknown = new("api.virtual_key_unknown", 404, "not_found", "There is no such virtual key.");
    public static readonly ApiError VirtualKeyDeclared = new("api.virtual_key_declared", 409, "conflict", "The configuration declares this virtual key under virtualKeys: it has to be changed there.");
    public static readonly ApiError GrantUnknown = new("api.grant_unknown", 404, "not_found", "There is no such grant.");
    public static readonly ApiError GrantConfigured = new("api.grant_configured", 409, "conflict", "The configuration grants the resource to every key: it has to be taken back there.");
    public static readonly ApiError NameTaken = new("api.name_taken", 409, "conflict", "The name is taken.");
    public static readonly ApiError Conflict = new("api.conflict", 409, "conflict", "It was changed meanwhile. Try again.");
    public static readonly ApiError KeyUnknown = new("api.key_unknown", 404, "not_found", "There is no key of that id in the ring.");
    public static readonly ApiError KeyInUse = new("api.key_in_use", 409, "conflict", "The key seals, or something is sealed with it.");
    public static readonly ApiError KeyPending = new("api.key_pending", 409, "conflict", "A key was added before and does not seal yet.");
    public static readonly ApiError KeysSettling = new("api.keys_settling", 409, "conflict", "A change of keys is just happening: try again in some seconds.");
    public static readonly ApiError KeysConfigured = new("api.keys_configured", 409, "conflict", "The keys are in the configuration, which is not changed here.");
    public static readonly ApiError CredentialUnknown = new("api.credential_unknown", 404, "not_found", "There is no such credential.");

    /// <summary>Every error of the catalogue.</summary>
    public static IReadOnlyList<ApiError> All { get; } =
    [
        TokenMissing, TokenInvalid, CredentialsConflict, ScopeInsufficient, RevocationUnknown, ParameterInvalid, BodyInvalid, BodyUnsupported, BodyTooLarge,
        SelectorEmpty, SessionUnknown, RevocationNotStanding, RevocationPermanent, VirtualKeyUnknown, VirtualKeyDeclared, GrantUnknown, GrantConfigured, NameTaken, Conflict,
        KeyUnknown, KeyInUse, KeyPending, KeysSettling, KeysConfigured,
        CredentialUnknown,
    ];
}
