using Keyholder.Authorization;
using Microsoft.Data.Sqlite;

namespace Keyholder.Storage.Sqlite;

/// <summary>Rows of <c>authorization_requests</c>.</summary>
internal static class AuthorizationRequestRows
{
    public const string Columns = """
        id, phase, browser_hash, session_id, client_id, redirect_uri, redirect_uri_was_sent, state, code_challenge, resource, scopes, prompt,
        subject_kind, subject_id, authenticated_at, created_at, expires_at
        """;

    public static void Insert(PreparedConnection connection, AuthorizationRequest request) => connection.Execute(
        $"""
        INSERT INTO authorization_requests ({Columns}) VALUES (
          $id, $phase, $browser_hash, $session_id, $client_id, $redirect_uri, $redirect_uri_was_sent, $state, $code_challenge, $resource, $scopes, $prompt,
          $subject_kind, $subject_id, $authenticated_at, $created_at, $expires_at)
        """,
        ("$id", request.Id),
        ("$phase", StoredWords.Phase.Write(request.Phase)),
        ("$browser_hash", request.BrowserHash),
        ("$session_id", request.SessionId),
        ("$client_id", request.ClientId),
        ("$redirect_uri", request.RedirectUri),
        ("$redirect_uri_was_sent", request.RedirectUriWasSent),
        ("$state", request.State),
        ("$code_challenge", request.CodeChallenge),
        ("$resource", request.Resource),
        ("$scopes", JsonText.Write(request.Scopes)),
        ("$prompt", request.Prompt),
        ("$subject_kind", request.Subject?.KindName),
        ("$subject_id", request.Subject?.Id),
        ("$authenticated_at", request.AuthenticatedAt),
        ("$created_at", request.CreatedAt),
        ("$expires_at", request.ExpiresAt));

    public static AuthorizationRequest Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Phase = StoredWords.Phase.Read(row.GetString(1)),
        BrowserHash = row.Bytes(2),
        SessionId = row.SessionId(3),
        ClientId = row.GetString(4),
        RedirectUri = row.GetString(5),
        RedirectUriWasSent = row.GetBoolean(6),
        State = row.TextOrNull(7),
        CodeChallenge = row.GetString(8),
        Resource = row.GetString(9),
        Scopes = row.List(10),
        Prompt = row.TextOrNull(11),
        Subject = row.IsDBNull(12) ? null : row.Subject(12),
        AuthenticatedAt = row.TimeOrNull(14),
        CreatedAt = row.Time(15),
        ExpiresAt = row.Time(16),
    };
}
