using System.Security.Cryptography;
using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Authorization.Connect;
using Keyholder.Authorization.Device;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Users;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Valid rows with every column set, each with fresh ids.</summary>
internal static class Sample
{
    public static TheoryData<SealedKind> SealedKinds => [.. Keyholder.Vault.SealedKinds.All];

    public static byte[] Hash() => RandomNumberGenerator.GetBytes(32);

    public static string Id() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));

    public static AuditEvent Audit(DateTimeOffset now, string action) => new()
    {
        At = now,
        Action = action,
        Actor = "user:u1",
        Target = "session:s1",
        Reason = "reason",
        RemoteAddress = "2001:db8::1",
        RequestId = "request-1",
    };

    public static RevocationEntry Revocation(SessionId id, DateTimeOffset now) =>
        new(new RevocationTarget(RevocationTargetKind.Session, id.ToString()), now, now.AddMinutes(10), RevocationReasons.ClientRequest);

    public static User User(string id, DateTimeOffset now) => new(id, "Person1 " + id, now, Administrator: true);

    public static Client Client(string id, DateTimeOffset now) => new()
    {
        Id = id,
        Source = ClientSource.Dynamic,
        Name = "client " + id,
        RedirectUris = ["https://client.example/callback", "http://127.0.0.1/callback"],
        GrantTypes = ["authorization_code", "refresh_token"],
        ResponseTypes = ["code"],
        TokenEndpointAuthMethod = "client_secret_basic",
        SecretHash = Hash(),
        RegistrationTokenHash = Hash(),
        Scope = "tools:read tools:call",
        ApplicationType = "native",
        ClientUri = "https://client.example/",
        LogoUri = "https://client.example/logo.png",
        PolicyUri = "https://client.example/policy",
        TosUri = "https://client.example/tos",
        SoftwareId = "software",
        SoftwareVersion = "1.2.3",
        CreatedAt = now,
        ExpiresAt = now.AddDays(30),
    };

    public static AuthorizationRequest Request(DateTimeOffset now, AuthorizationPhase phase = AuthorizationPhase.SignIn) => new()
    {
        Id = Id(),
        Phase = phase,
        BrowserHash = Hash(),
        SessionId = SessionId.Create(),
        ClientId = "client-1",
        RedirectUri = "http://127.0.0.1:49152/callback",
        RedirectUriWasSent = true,
        State = "state",
        CodeChallenge = Id(),
        Resource = "https://gate.example/mcp/notes",
        Scopes = ["tools:read", "tools:call"],
        Prompt = "consent",
        Subject = phase == AuthorizationPhase.SignIn ? null : Subject.User("u1"),
        AuthenticatedAt = phase == AuthorizationPhase.SignIn ? null : now.AddSeconds(-1),
        CreatedAt = now,
        ExpiresAt = now.AddMinutes(10),
    };

    public static DeviceAuthorization Device(DateTimeOffset now) => new()
    {
        SessionId = SessionId.Create(),
        DeviceCodeHash = Hash(),
        UserCodeHash = Hash(),
        ClientId = "client-1",
        Resource = "https://gate.example/mcp/notes",
        Scopes = ["tools:read", "tools:call"],
        Interval = TimeSpan.FromSeconds(5),
        NextPollAt = now,
        CreatedAt = now,
        ExpiresAt = now.AddMinutes(10),
    };

    public static ConnectLink Link(DateTimeOffset now) => new()
    {
        IdHash = Hash(),
        Purpose = AuthorizationPurpose.ConnectSubject,
        Subject = Subject.User("u1"),
        Session = SessionId.Create(),
        ClientId = "client-1",
        Resource = "https://gate.example/mcp/notes",
        Providers = ["github", "linear"],
        ExpiresAt = now.AddMinutes(10),
    };

    /// <summary>The request a person begins for a device.</summary>
    public static AuthorizationRequest Request(DeviceAuthorization device) => Request(device.CreatedAt) with
    {
        SessionId = device.SessionId,
        DeviceCodeHash = device.DeviceCodeHash,
        RedirectUri = "",
        RedirectUriWasSent = false,
        CodeChallenge = "",
        State = null,
        Prompt = null,
        ExpiresAt = device.ExpiresAt,
    };

    public static Consent Consent(DateTimeOffset now, params string[] scopes) =>
        new(Subject.User("u1"), "client-1", "127.0.0.1", "https://gate.example/mcp/notes", scopes, [.. Enumerable.Repeat((byte)7, 32)], now);

    /// <summary>A new session of an anonymous subject, its code not redeemed.</summary>
    public static Session Session(DateTimeOffset now)
    {
        var id = SessionId.Create();
        return new Session
        {
            Id = id,
            Subject = new Subject(SubjectKind.Session, id.ToString()),
            ClientId = "client-1",
            Resource = "https://gate.example/mcp/notes",
            Scopes = ["tools:read", "tools:call"],
            AuthenticatedAt = now.AddSeconds(-5),
            CreatedAt = now,
            LastUsedAt = now,
            IdleExpiresAt = now.AddDays(30),
            AbsoluteExpiresAt = now.AddDays(180),
            Code = new AuthorizationCodeRecord
            {
                Hash = Hash(),
                ExpiresAt = now.AddSeconds(60),
                RedirectUri = "http://127.0.0.1:49152/callback",
                RedirectUriWasSent = true,
                Challenge = Id(),
            },
        };
    }

    public static CodeRedemption Redemption(Session session, byte[] refreshHash, DateTimeOffset now) => new()
    {
        SessionId = session.Id,
        CodeHash = session.Code.Hash,
        ClientId = session.ClientId,
        RefreshHash = refreshHash,
        IdleExpiresAt = now.AddDays(30),
    };

    public static Rotation Rotation(Session session, byte[] presentedHash, DateTimeOffset now) => new()
    {
        SessionId = session.Id,
        Generation = session.Generation,
        RefreshHash = presentedHash,
        ClientId = session.ClientId,
        Resource = session.Resource,
        SuccessorHash = Hash(),
        SealedSuccessor = RandomNumberGenerator.GetBytes(80),
        IdleExpiresAt = now.AddDays(30),
    };

    public static ConnectionFlow Flow(DateTimeOffset now) => new()
    {
        StateHash = Hash(),
        Purpose = ConnectionPurpose.Connect,
        Provider = "github",
        BrowserHash = Hash(),
        AuthorizationRequestId = Id(),
        Owner = new CredentialOwner(CredentialOwnerKind.User, "u1"),
        SealedSecrets = RandomNumberGenerator.GetBytes(100),
        CreatedAt = now,
        ExpiresAt = now.AddMinutes(10),
    };

    public static StoredCredential Credential(DateTimeOffset now, string provider = "github", string owner = "u1") => new()
    {
        RowId = RandomNumberGenerator.GetBytes(16),
        Key = new CredentialKey(new CredentialOwner(CredentialOwnerKind.User, owner), provider),
        Kind = CredentialKind.OAuth,
        Version = 1,
        Envelope = RandomNumberGenerator.GetBytes(200),
        Status = CredentialStatus.Active,
        StatusReason = "reason",
        ProviderSubject = "4711",
        ExpiresAt = now.AddHours(1),
        CreatedAt = now,
        UpdatedAt = now,
    };

    public static VirtualKey VirtualKey(string name, DateTimeOffset now) => new()
    {
        Id = SessionId.Create().ToString(),
        Name = name,
        Generation = 1,
        SecretHash = Hash(),
        SecretIssuedAt = now,
        CreatedAt = now,
    };

    public static StoredSigningKey SigningKey(string id, DateTimeOffset now) =>
        new(id, RandomNumberGenerator.GetBytes(120), now, now.AddMinutes(1), now.AddDays(1));
}
