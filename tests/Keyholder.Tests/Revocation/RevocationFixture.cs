using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Revocation;

/// <summary>One resource behind one provider, and an index that knows them.</summary>
internal static class RevocationFixture
{
    public static Provider Provider { get; } = new()
    {
        Name = "github",
        DisplayName = "GitHub",
        Kind = ProviderKind.OAuth2,
        ClientId = "keyholder",
        ClientAuthMethod = "none",
        Scopes = [],
    };

    public static Resource Resource { get; } = new()
    {
        Name = "notes",
        Uri = "https://keys.example.com/mcp/notes",
        DisplayName = "Notes",
        Upstream = new Uri("https://notes.example/mcp"),
        Auth = ResourceAuthKind.UserOAuth,
        Providers = [new(Provider)],
        Scopes = [new ResourceScope("mcp:read", "Read"), new ResourceScope("mcp:write", "Write")],
        DefaultScopes = ["mcp:read"],
        RequiredScopes = ["mcp:read"],
        MaxRequestBodyBytes = 4 * 1024 * 1024,
        ActivityTimeout = TimeSpan.FromMinutes(1),
        EndStreamsAtTokenExpiry = true,
        MetadataUri = "https://keys.example.com/.well-known/oauth-protected-resource/mcp/notes",
    };

    public static RevocationIndex CreateIndex(RevocationOptions? options = null) =>
        new(new ConfiguredResources(new ResourceSnapshot([Resource], [Provider])), options ?? new RevocationOptions(), new RevocationMetrics(), new ManualTimeProvider());
}
