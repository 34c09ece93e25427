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
}
