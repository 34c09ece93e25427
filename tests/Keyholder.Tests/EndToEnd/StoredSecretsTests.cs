using System.Buffers.Text;
using System.Data.Common;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DemoUpstream;
using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Storage.Postgres;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;
using Keyholder.Vault;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Keyholder.Tests.EndToEnd;

/// <summary>Drives every flow, then looks into every column of every table for what must not be there in clear.</summary>
public sealed class StoredSecretsTests
{
    private static DemoUpstreamOptions Upstream => new() { AccessTokenLifetime = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task No_column_of_a_SQLite_database_holds_a_secret_in_clear()
    {
        var directory = Directory.CreateTempSubdirectory("keyholder-columns-");
        try
        {
            var database = Path.Combine(directory.FullName, "keyholder.db");
            await using var host = await EndToEndHost.StartAsync(database, Upstream);
            await AssertAsync(host, new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=false"), DatabaseDump.SqliteTables);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task No_column_of_a_PostgreSQL_database_holds_a_secret_in_clear()
    {
        var database = await PostgresTestDatabase.CreateAsync();
        var settings = new Dictionary<string, string>
        {
            ["KEYHOLDER__storage__kind"] = "postgres",
            ["KEYHOLDER__storage__connectionString"] = database.ConnectionString,
        };
        await using var host = await EndToEndHost.StartAsync(options: Upstream, settings: settings);
        await AssertAsync(host, new NpgsqlConnection(database.ConnectionString + ";Pooling=false"), DatabaseDump.PostgresTables);
    }

    private static async Task AssertAsync(EndToEndHost host, DbConnection connection, string tables)
    {
        var canaries = new List<(string Name, byte[] Value)>();
        Text("upstream access token", "demo_at_");
        Text("upstream refresh token", "demo_rt_");
        Text("upstream code", "demo_ac_");
        Text("provider client secret", "demo-client-secret");
        Text("configured header", "demo-api-key");
        Text("password", EndToEndHost.Password);
        Text("vault key", EndToEndHost.VaultKey);
        canaries.Add(("vault key", Convert.FromBase64String(EndToEndHost.VaultKey)));
        await DriveAsync(host, Text, canaries);
        await foreach (var (name, value) in OpenEverythingAsync(host))
        {
            canaries.Add((name, value));
        }

        IReadOnlyList<(string Column, byte[] Value)> values;
        await using (connection)
        {
            values = await DatabaseDump.ReadAsync(connection, tables);
        }

        // What has to be there is there: the search would find it.
        values.Count(v => v.Value.AsSpan().IndexOf("Example app"u8) >= 0).ShouldBeGreaterThan(0);
        foreach (var (name, canary) in canaries)
        {
            values.Where(v => v.Value.AsSpan().IndexOf(canary) >= 0).Select(v => v.Column).ShouldBeEmpty(name);
        }

        void Text(string name, string value) => canaries.Add((name, Encoding.UTF8.GetBytes(value)));
    }

    private static async Task DriveAsync(EndToEndHost host, Action<string, string> text, List<(string Name, byte[] Value)> canaries)
    {
        var person1 = await host.ConnectAsync();
        var person2 = await host.ConnectAsync("files", "person2", "demo-account-2");
        foreach (var client in new[] { person1, person2 })
        {
            Know(client);
            host.Time.Advance(TimeSpan.FromMinutes(15));
            await client.RefreshAsync();
            await client.WhoAmIAsync();
            await client.AuthorizeAsync();
            Know(client);
        }

        const string registered = "registered-client-secret";
        text("secret of a registration", registered);
        var registration = new StoredUpstreamClient
        {
            Provider = "demo",
            Issuer = "https://issuer.example",
            Generation = 1,
            ClientId = "keyholder",
            AuthMethod = "client_secret_basic",
            CreatedAt = host.Time.GetUtcNow(),
        };
        var audit = new AuditEvent { At = host.Time.GetUtcNow(), Action = AuditActions.UpstreamClientRegistered, Actor = "system", Target = "provider:demo" };
        var pending = Sample.Flow(host.Time.GetUtcNow());
        var leg = new LegSecrets("nonce-of-a-pending-leg", "verifier-of-a-pending-leg", null, "client", "callback", SignIn: false);
        text("verifier", leg.Verifier);
        pending = pending with { SealedSecrets = new LegSecretsSealer(host.Get<ISecretSealer>()).Seal(leg, pending.StateHash, pending.Provider) };
        await host.Get<IConnectionFlowStore>().AddAsync(pending, TestContext.Current.CancellationToken);

        // Nor did a revocation at a provider, while the clock stands.
        var lent = await host.ConnectAsync("diary");
        (await host.Get<SessionRevoker>().RevokeAllAsync(new SessionSelector { ClientId = lent.Id }, RevocationReasons.Operator, "system", new(null, null))).ShouldBe(1);
        var clients = host.Get<IUpstreamClientStore>();
        foreach (var generation in new[] { 1, 2 })
        {
            var sealedClient = new UpstreamClientSealer(host.Get<ISecretSealer>()).Seal(registration with { Generation = generation }, registered);
            await clients.PutAsync(sealedClient, keepsFormer: generation > 1, audit, TestContext.Current.CancellationToken);
        }

        void Know(ConnectedClient client)
        {
            text("access token", client.AccessToken);
            text("access token's signature", client.AccessToken.Split('.')[2]);
            text("refresh token", client.RefreshToken);
            text("code", client.Code);
            text("client secret", client.Secret!);
            client.Cookies.ForEach(cookie => text("cookie", cookie));
            canaries.Add(("refresh token's secret", SecretOf(client.RefreshToken)));
            canaries.Add(("code's secret", SecretOf(client.Code)));
        }
    }

    /// <summary>What lies in the envelopes, whole, and each text of those that hold JSON.</summary>
    private static async IAsyncEnumerable<(string Name, byte[] Value)> OpenEverythingAsync(EndToEndHost host)
    {
        foreach (var kind in SealedKinds.All)
        {
            var rows = await host.Get<ISealedRowStore>().ReadAsync(kind, null, null, 100, TestContext.Current.CancellationToken);
            rows.ShouldNotBeEmpty($"No flow left a {kind}.");
            foreach (var row in rows)
            {
                host.Get<ISecretSealer>().Open(row.Envelope, SealedContexts.Of(row), out var plaintext).ShouldBe(EnvelopeOutcome.Opened);
                plaintext.Length.ShouldBeGreaterThan(16);
                yield return ($"{kind}, opened", plaintext);
                foreach (var text in Texts(plaintext).Where(text => text.Length >= 20 && !text.StartsWith("http", StringComparison.Ordinal)))
                {
                    yield return ($"a text in {kind}", Encoding.UTF8.GetBytes(text));
                }
            }
        }
    }

    private static IEnumerable<string> Texts(byte[] plaintext)
    {
        try
        {
            return JsonNode.Parse(plaintext) is JsonObject json
                ? [.. json.Select(member => member.Value).OfType<JsonValue>().Where(value => value.GetValueKind() == JsonValueKind.String).Select(value => value.GetValue<string>())]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    // The 32 secret bytes between generation and MAC.
    private static byte[] SecretOf(string token) => Base64Url.DecodeFromChars(token.AsSpan("kh_rt_".Length))[20..52];
}
