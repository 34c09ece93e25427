namespace Keyholder.Sessions;

/// <summary>Why a session was revoked: stable words for rows, audit events and metrics.</summary>
public static class RevocationReasons
{
    public const string RefreshTokenReuse = "refresh_token_reuse";
    public const string CodeReuse = "authorization_code_reuse";
    public const string DeviceCodeReuse = "device_code_reuse";
    public const string ClientRequest = "client_request";
    public const string UserRequest = "user_request";
    public const string Operator = "operator";
    public const string VirtualKeyDeleted = "virtual_key_deleted";
    public const string VirtualKeySecretEnded = "virtual_key_secret_ended";
    public const string UpstreamFailure = "upstream_failure";
}
