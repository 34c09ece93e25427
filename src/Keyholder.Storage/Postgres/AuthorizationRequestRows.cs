using Keyholder.Authorization;
using Keyholder.Storage.Rows;

namespace Keyholder.Storage.Postgres;

/// <summary>Rows of <c>authorization_requests</c>.</summary>
internal static class AuthorizationRequestRows
{
    public static Task InsertAsync(PostgresStatements statements, AuthorizationRequest request) => statements.ExecuteAsync(
        $"""
        INSERT INTO authorization_requests ({AuthorizationRequestColumns.All}) VALUES (
          @id, @phase, @browser_hash, @session_id, @client_id, @redirect_uri, @redirect_uri_was_sent, @state, @code_challenge, @resource, @scopes, @prompt,
          @subject_kind, @subject_id, @authenticated_at, @created_at, @expires_at, @device_code_hash,
          @purpose, @connected_session_id, @legs, @connected_key_id, @connect_link_hash)
        """,
        ("id", request.Id),
        ("phase", StoredWords.Phase.Write(request.Phase)),
        ("browser_hash", request.BrowserHash),
        ("session_id", request.SessionId),
        ("client_id", request.ClientId),
        ("redirect_uri", request.RedirectUri),
        ("redirect_uri_was_sent", request.RedirectUriWasSent),
        ("state", request.State),
        ("code_challenge", request.CodeChallenge),
        ("resource", request.Resource),
        ("scopes", JsonText.Write(request.Scopes)),
        ("prompt", request.Prompt),
        ("subject_kind", request.Subject?.KindName),
        ("subject_id", request.Subject?.Id),
        ("authenticated_at", request.AuthenticatedAt),
        ("created_at", request.CreatedAt),
        ("expires_at", request.ExpiresAt),
        ("device_code_hash", request.DeviceCodeHash),
        ("purpose", StoredWords.AuthorizationPurpose.Write(request.Purpose)),
        ("connected_session_id", request.ConnectedSession?.ToArray()),
        ("legs", request.Legs is { } legs ? LegText.Write(legs) : null),
        ("connected_key_id", request.ConnectedKey),
        ("connect_link_hash", request.ConnectLinkHash));
}
