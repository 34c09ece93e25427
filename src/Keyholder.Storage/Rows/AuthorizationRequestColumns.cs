using System.Data.Common;
using Keyholder.Authorization;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>authorization_requests</c> and how to read them.</summary>
internal static class AuthorizationRequestColumns
{
    public const string All = """
        id, phase, browser_hash, session_id, client_id, redirect_uri, redirect_uri_was_sent, state, code_challenge, resource, scopes, prompt,
        subject_kind, subject_id, authenticated_at, created_at, expires_at, device_code_hash,
        purpose, connected_session_id, legs, connected_key_id, connect_link_hash
        """;

    public static AuthorizationRequest Read(DbDataReader row) => new()
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
        DeviceCodeHash = row.BytesOrNull(17),
        Purpose = StoredWords.AuthorizationPurpose.Read(row.GetString(18)),
        ConnectedSession = row.IsDBNull(19) ? null : row.SessionId(19),
        Legs = row.TextOrNull(20) is { } legs ? LegText.Read(legs) : null,
        ConnectedKey = row.TextOrNull(21),
        ConnectLinkHash = row.BytesOrNull(22),
    };
}
