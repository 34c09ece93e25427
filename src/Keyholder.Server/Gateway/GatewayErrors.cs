using Keyholder.Mcp;

namespace Keyholder.Server.Gateway;

/// <summary>The catalogue of the gateway's own errors. Ids and texts are stable; docs/errors.md lists them.</summary>
internal static class GatewayErrors
{
    private const int ParseError = -32700;
    private const int InvalidRequest = -32600;
    private const int InvalidParams = -32602;
    private const int HeaderMismatch = -32020;
    private const int UnsupportedProtocolVersion = -32022;

    public static readonly GatewayError ResourceUnknown = new("gateway.resource_unknown", 404, "not_found", "There is no such resource.");
    public static readonly GatewayError MethodNotAllowed = new("gateway.method_not_allowed", 405, "method_not_allowed", "The endpoint takes POST, GET and DELETE.");

    public static readonly GatewayError TokenMissing = new("gateway.token_missing", 401, "unauthorized", "An access token is required.");
    public static readonly GatewayError TokenInvalid = new("gateway.token_invalid", 401, "invalid_token", "The access token is invalid, expired, revoked or for another resource.");
    public static readonly GatewayError CredentialsConflict = new("gateway.credentials_conflict", 400, "invalid_request", "The request presents more than one credential.");
    public static readonly GatewayError ScopeInsufficient = new("gateway.scope_insufficient", 403, "insufficient_scope", "The access token lacks a scope the resource needs.");
    public static readonly GatewayError KeyInactive = new("gateway.key_inactive", 403, "access_denied", "The virtual key is deactivated, or its owner is.");
    public static readonly GatewayError KeyExpired = new("gateway.key_expired", 403, "access_denied", "The virtual key has expired.");
    public static readonly GatewayError KeyNotGranted = new("gateway.key_not_granted", 403, "access_denied", "The virtual key may not use this resource.");
    public static readonly GatewayError ToolNotGranted = new("gateway.tool_not_granted", 403, "access_denied", "This may not be used: no grant names it, or the resource denies it.", InvalidParams);
    public static readonly GatewayError RevocationUnknown = new("gateway.revocation_unknown", 503, "temporarily_unavailable", "Whether the access token is revoked cannot be known now.");

    public static readonly GatewayError QueryNotAllowed = new("gateway.query_not_allowed", 400, "invalid_request", "The endpoint takes no query parameters.");
    public static readonly GatewayError BodyNotAllowed = new("gateway.body_not_allowed", 400, "invalid_request", "Only POST has a body.");
    public static readonly GatewayError ContentTypeUnsupported = new("gateway.content_type_unsupported", 415, "invalid_request", "The body has to be application/json in UTF-8 without content coding.");
    public static readonly GatewayError NotAcceptable = new("gateway.not_acceptable", 406, "invalid_request", "POST has to accept application/json and text/event-stream, GET text/event-stream.");
    public static readonly GatewayError BodyTooLarge = new("gateway.body_too_large", 413, "invalid_request", "The body is larger than the resource allows.");
    public static readonly GatewayError BodyUnreadable = new("gateway.body_unreadable", 400, "invalid_request", "The body did not arrive as announced.");
    public static readonly GatewayError BodyTimedOut = new("gateway.body_timed_out", 408, "invalid_request", "The body arrived too slowly.");
    public static readonly GatewayError HeaderInvalid = new("gateway.header_invalid", 400, "invalid_request", "An MCP header is repeated or not visible ASCII.", HeaderMismatch);

    public static readonly GatewayError MessageMalformed = new("gateway.message_malformed", 400, "invalid_request", "The body is not one well-formed JSON text.", ParseError);
    public static readonly GatewayError MemberDuplicate = new("gateway.member_duplicate", 400, "invalid_request", "An object in the body names a member twice.", InvalidRequest);
    public static readonly GatewayError MemberAmbiguous = new("gateway.member_ambiguous", 400, "invalid_request", "A member differs only in case from one the protocol defines.", InvalidRequest);
    public static readonly GatewayError MessageInvalid = new("gateway.message_invalid", 400, "invalid_request", "The body is not a JSON-RPC 2.0 message of MCP.", InvalidRequest);
    public static readonly GatewayError BatchTooLarge = new("gateway.batch_too_large", 400, "invalid_request", "A batch has at most 100 messages.", InvalidRequest);
    public static readonly GatewayError NameMissing = new("gateway.name_missing", 400, "invalid_request", "The params lack the name, URI or task id the method needs.", InvalidParams);

    public static readonly GatewayError VersionUnsupported = new("gateway.version_unsupported", 400, "invalid_request", "Unsupported protocol version", UnsupportedProtocolVersion);
    public static readonly GatewayError VersionMismatch = new("gateway.version_mismatch", 400, "invalid_request", "MCP-Protocol-Version is missing or differs from the version in the body.", HeaderMismatch);
    public static readonly GatewayError VersionMissingInBody = new("gateway.version_missing_in_body", 400, "invalid_request", "Invalid params: missing _meta key io.modelcontextprotocol/protocolVersion.", InvalidParams);
    public static readonly GatewayError MethodMismatch = new("gateway.method_mismatch", 400, "invalid_request", "Mcp-Method is missing or differs from the method in the body.", HeaderMismatch);
    public static readonly GatewayError NameMismatch = new("gateway.name_mismatch", 400, "invalid_request", "Mcp-Name is missing or differs from what the body names.", HeaderMismatch);
    public static readonly GatewayError BatchNotAllowed = new("gateway.batch_not_allowed", 400, "invalid_request", "Only protocol version 2025-03-26 has batches.", InvalidRequest);
    public static readonly GatewayError ResponseNotAllowed = new("gateway.response_not_allowed", 400, "invalid_request", "This protocol version has no responses from clients.", InvalidRequest);

    public static readonly GatewayError SessionUnknown = new("gateway.session_unknown", 404, "not_found", "The MCP session does not exist or has ended.");

    public static readonly GatewayError ConnectionRequired = new("gateway.connection_required", 200, "connection_required", "A provider has to be connected first; the message says where.", -32050);
    public static readonly GatewayError UrlElicitationRequired = new("gateway.url_elicitation_required", 200, "connection_required", "A provider has to be connected first; the elicitation says where.", -32042);
    public static readonly GatewayError RequestStateInvalid = new("gateway.request_state_invalid", 400, "invalid_request", "The requestState was not given to this client, was changed, or has expired.", -32602);
    public static readonly GatewayError ReconnectRequired = new("gateway.reconnect_required", 401, "invalid_token", "The account behind this resource has to be connected again: authorize again.");
    public static readonly GatewayError CredentialUnavailable = new("gateway.credential_unavailable", 503, "temporarily_unavailable", "The credential for the upstream cannot be had now.");
    public static readonly GatewayError ExchangeRefused = new("gateway.exchange_refused", 502, "bad_gateway", "There is no token of the upstream to be had in exchange for this one.");
    public static readonly GatewayError UpstreamRefusedCredential = new("gateway.upstream_refused_credential", 502, "bad_gateway", "The upstream refuses the credential the operator configured.");
    public static readonly GatewayError UpstreamScopesInsufficient = new("gateway.upstream_scopes_insufficient", 403, "forbidden", "The connected account was not granted what this request needs at the upstream.");
    public static readonly GatewayError UpstreamUnreachable = new("gateway.upstream_unreachable", 502, "bad_gateway", "The upstream cannot be reached.");
    public static readonly GatewayError UpstreamInvalidResponse = new("gateway.upstream_invalid_response", 502, "bad_gateway", "The upstream answered with something that is not HTTP or not MCP.");
    public static readonly GatewayError UpstreamRedirected = new("gateway.upstream_redirected", 502, "bad_gateway", "The upstream answered with a redirect.");
    public static readonly GatewayError UpstreamTimedOut = new("gateway.upstream_timed_out", 504, "gateway_timeout", "The upstream did not answer in time.");

    /// <summary>Every error of the catalogue.</summary>
    public static IReadOnlyList<GatewayError> All { get; } =
    [
        ResourceUnknown, MethodNotAllowed, TokenMissing, TokenInvalid, CredentialsConflict, ScopeInsufficient, KeyInactive, KeyExpired, KeyNotGranted, ToolNotGranted, RevocationUnknown,
        QueryNotAllowed, BodyNotAllowed, ContentTypeUnsupported, NotAcceptable, BodyTooLarge, BodyUnreadable, BodyTimedOut, HeaderInvalid,
        MessageMalformed, MemberDuplicate, MemberAmbiguous, MessageInvalid, BatchTooLarge, NameMissing,
        VersionUnsupported, VersionMismatch, VersionMissingInBody, MethodMismatch, NameMismatch, BatchNotAllowed, ResponseNotAllowed,
        SessionUnknown, ConnectionRequired, UrlElicitationRequired, RequestStateInvalid, ReconnectRequired, CredentialUnavailable, ExchangeRefused, UpstreamRefusedCredential,
        UpstreamScopesInsufficient, UpstreamUnreachable, UpstreamInvalidResponse,
        UpstreamRedirected, UpstreamTimedOut,
    ];

    /// <summary>The error for a body that was refused; null when it was read.</summary>
    public static GatewayError? For(McpReadOutcome outcome) => outcome switch
    {
        McpReadOutcome.Read => null,
        McpReadOutcome.DuplicateMember => MemberDuplicate,
        McpReadOutcome.AmbiguousMember => MemberAmbiguous,
        McpReadOutcome.InvalidMessage => MessageInvalid,
        McpReadOutcome.BatchTooLarge => BatchTooLarge,
        McpReadOutcome.MissingName => NameMissing,
        _ => MessageMalformed,
    };

    /// <summary>The error for headers that contradict the body; null when they agree.</summary>
    public static GatewayError? For(McpHeaderOutcome outcome) => outcome switch
    {
        McpHeaderOutcome.Consistent => null,
        McpHeaderOutcome.UnsupportedVersion => VersionUnsupported,
        McpHeaderOutcome.VersionMissingInBody => VersionMissingInBody,
        McpHeaderOutcome.MethodMismatch => MethodMismatch,
        McpHeaderOutcome.NameMismatch => NameMismatch,
        McpHeaderOutcome.BatchNotAllowed => BatchNotAllowed,
        McpHeaderOutcome.ResponseNotAllowed => ResponseNotAllowed,
        _ => VersionMismatch,
    };

    /// <summary>The error for a body that could not be received; null when it was.</summary>
    public static GatewayError? For(BodyReadOutcome outcome) => outcome switch
    {
        BodyReadOutcome.Read => null,
        BodyReadOutcome.TooLarge => BodyTooLarge,
        BodyReadOutcome.TimedOut => BodyTimedOut,
        _ => BodyUnreadable,
    };

    /// <summary>The error for a forward that ended before the client got a byte; null when there is nothing left to say.</summary>
    public static GatewayError? For(ForwardOutcome outcome) => outcome switch
    {
        ForwardOutcome.ScopesInsufficient => UpstreamScopesInsufficient,
        ForwardOutcome.Unreachable => UpstreamUnreachable,
        ForwardOutcome.InvalidResponse => UpstreamInvalidResponse,
        ForwardOutcome.Redirected => UpstreamRedirected,
        ForwardOutcome.TimedOut => UpstreamTimedOut,
        _ => null,
    };
}
