using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Upstream;

public sealed class UpstreamRegistrationsTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("client", true)]
    [InlineData("issuer", true)]
    [InlineData("secret", false)]
    [InlineData("scopes", false)]
    [InlineData("nothing", false)]
    public async Task Only_another_client_or_server_asks_for_new_connections(string what, bool expected)
    {
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, default);
        var registrations = new UpstreamRegistrations(storage.UpstreamRegistrations, _time, NullLogger<UpstreamRegistrations>.Instance);
        var credential = Sample.Credential(_time.GetUtcNow());
        await storage.Credentials.PutAsync(credential, 0, null, default);
        var provider = Providers.OAuth2();
        var headers = provider with { Name = "key", Kind = ProviderKind.Headers, ClientId = "" };
        await registrations.RecordAsync([provider, headers], default);

        await registrations.RecordAsync(
            [
                what switch
                {
                    "client" => provider with { ClientId = "another" },
                    "issuer" => provider with { Issuer = "https://another.example" },
                    "secret" => provider with { ClientSecret = "another" },
                    "scopes" => provider with { Scopes = ["another"] },
                    _ => provider,
                },
            ],
            default);

        var row = (await storage.Credentials.FindAsync(credential.Key, default))!;
        row.Status.ShouldBe(expected ? CredentialStatus.NeedsReauth : CredentialStatus.Active);
        (await storage.Audit.ListAsync(10, default)).Count(e => e.Action == AuditActions.UpstreamClientChanged).ShouldBe(expected ? 1 : 0);
    }

    [Theory]
    [InlineData("upstream", true)]
    [InlineData("path", true)]
    [InlineData("issuer", true)]
    [InlineData("configured", true)]
    [InlineData("reused", true)]
    [InlineData("scopes", false)]
    public async Task What_was_issued_for_a_discovered_upstream_is_not_for_another_one_of_the_same_name(string what, bool expected)
    {
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, default);
        var registrations = new UpstreamRegistrations(storage.UpstreamRegistrations, _time, NullLogger<UpstreamRegistrations>.Instance);
        var credential = Sample.Credential(_time.GetUtcNow());
        await storage.Credentials.PutAsync(credential, 0, null, default);
        var provider = Providers.OAuth2() with { ClientId = "", Issuer = null, AuthorizationEndpoint = null, TokenEndpoint = null, Discovery = At("https://a.example/mcp") };
        await registrations.RecordAsync([provider], default);
        if (what == "reused")
        {
            await registrations.RecordAsync([], default);
        }

        await registrations.RecordAsync(
            [
                what switch
                {
                    "upstream" or "reused" => provider with { Discovery = At("https://b.example/mcp") },
                    "path" => provider with { Discovery = At("https://a.example/other") },
                    "issuer" => provider with { Discovery = At("https://a.example/mcp") with { Issuer = "https://issuer.example" } },
                    "configured" => Providers.OAuth2(),
                    _ => provider with { Scopes = ["another"] },
                },
            ],
            default);

        var row = (await storage.Credentials.FindAsync(credential.Key, default))!;
        row.Status.ShouldBe(expected ? CredentialStatus.NeedsReauth : CredentialStatus.Active);
    }

    [Theory]
    [InlineData("authorization", true)]
    [InlineData("token", true)]
    [InlineData("refresh", true)]
    [InlineData("path", false)]
    public async Task A_provider_known_by_its_endpoints_alone_is_another_one_when_a_host_changes(string what, bool expected)
    {
        await using var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, default);
        var registrations = new UpstreamRegistrations(storage.UpstreamRegistrations, _time, NullLogger<UpstreamRegistrations>.Instance);
        var credential = Sample.Credential(_time.GetUtcNow());
        await storage.Credentials.PutAsync(credential, 0, null, default);
        var provider = Providers.OAuth2() with { Issuer = null, AuthorizationEndpoint = new("https://a.example/authorize"), TokenEndpoint = new("https://a.example/token") };
        await registrations.RecordAsync([provider], default);

        await registrations.RecordAsync(
            [
                what switch
                {
                    "authorization" => provider with { AuthorizationEndpoint = new("https://b.example/authorize") },
                    "token" => provider with { TokenEndpoint = new("https://b.example/token") },
                    "refresh" => provider with { RefreshEndpoint = new("https://b.example/refresh") },
                    _ => provider with { TokenEndpoint = new("https://a.example/v2/token") },
                },
            ],
            default);

        var row = (await storage.Credentials.FindAsync(credential.Key, default))!;
        row.Status.ShouldBe(expected ? CredentialStatus.NeedsReauth : CredentialStatus.Active);
    }

    private static ProviderDiscovery At(string upstream) => new() { Upstream = new Uri(upstream) };
}
