using System.Security.Cryptography;
using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Sessions;

namespace Keyholder.Tests.Authorization;

/// <summary>One client, two resources, one provider, and the parameters of a request nothing is wrong with.</summary>
internal static class AuthorizationSamples
{
    public const string RedirectUri = "https://app.example.com/callback";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    public const string NotesUri = "https://keys.example.com/mcp/notes";
    public const string FilesUri = "https://keys.example.com/mcp/files";

    public static Provider Cloud { get; } = new()
    {
        Name = "cloud",
        DisplayName = "Cloud",
        Kind = ProviderKind.Oidc,
        Issuer = "https://cloud.example",
        ClientId = "keyholder",
        ClientSecret = "secret",
        ClientAuthMethod = "client_secret_basic",
        Scopes = ["read"],
        SignIn = true,
    };

    public static Resource Notes { get; } = Resource("notes", ResourceAuthKind.None);

    public static Resource Files { get; } = Resource("files", ResourceAuthKind.UserOAuth);

    public static ResourceSnapshot Both { get; } = new([Notes, Files], [Cloud]);

    public static ResourceSnapshot OnlyNotes { get; } = new([Notes], []);

    public static Client App { get; } = new()
    {
        Id = "client-1",
        Source = ClientSource.Dynamic,
        Name = "Example app",
        RedirectUris = [RedirectUri],
        GrantTypes = ["authorization_code", "refresh_token"],
        ResponseTypes = ["code"],
        TokenEndpointAuthMethod = "none",
        ApplicationType = "web",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public static Resource Resource(string name, ResourceAuthKind auth, string issuer = "https://keys.example.com") => new()
    {
        Name = name,
        Uri = $"{issuer}/mcp/{name}",
        DisplayName = "Team " + name,
        Upstream = new Uri("https://upstream.example/" + name),
        Auth = auth,
        Providers = auth == ResourceAuthKind.Credentials ? [new(Cloud)] : [],
        Scopes = [new($"{name}:read", "Read your " + name), new($"{name}:write", "Change your " + name), new($"{name}:admin", "Administer your " + name)],
        DefaultScopes = [$"{name}:read"],
        RequiredScopes = [$"{name}:read"],
        MaxRequestBodyBytes = 4 * 1024 * 1024,
        ActivityTimeout = TimeSpan.FromMinutes(5),
        EndStreamsAtTokenExpiry = false,
        MetadataUri = $"{issuer}/.well-known/oauth-protected-resource/mcp/{name}",
    };

    public static List<KeyValuePair<string, string?>> Pairs() =>
    [
        new("response_type", "code"),
        new("client_id", App.Id),
        new("redirect_uri", RedirectUri),
        new("code_challenge", Challenge),
        new("code_challenge_method", "S256"),
        new("state", "xyz"),
        new("resource", NotesUri),
        new("scope", "notes:read"),
    ];

    /// <summary>The good request with parameters replaced; null leaves one out, <c>name+</c> sends one more of it.</summary>
    public static AuthorizationParameters With(params (string Name, string? Value)[] changes)
    {
        var pairs = Pairs();
        foreach (var (name, value) in changes)
        {
            if (name.EndsWith('+'))
            {
                pairs.Add(new(name[..^1], value));
                continue;
            }

            pairs.RemoveAll(pair => pair.Key == name);
            if (value is not null)
            {
                pairs.Add(new(name, value));
            }
        }

        return new AuthorizationParameters(pairs);
    }

    public static AuthorizationRequest Request(DateTimeOffset now) => new()
    {
        Id = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32)),
        Phase = AuthorizationPhase.SignIn,
        BrowserHash = new byte[32],
        SessionId = SessionId.Create(),
        ClientId = App.Id,
        RedirectUri = RedirectUri,
        RedirectUriWasSent = true,
        State = "xyz",
        CodeChallenge = Challenge,
        Resource = NotesUri,
        Scopes = ["notes:read"],
        CreatedAt = now,
        ExpiresAt = now + TimeSpan.FromMinutes(10),
    };
}
