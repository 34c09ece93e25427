using System.Text;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Clients;

/// <summary>Registration against the real store: what a flood can and cannot do.</summary>
public sealed class RegistrationFloodTests
{
    private const int Capacity = 20;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_flood_fills_the_table_and_no_more_and_pushes_nobody_out_who_is_younger_than_an_hour()
    {
        await using var storage = await OpenAsync();
        var first = (await RegisterAsync(storage)).Value!.Client;

        var flood = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RegisterAsync(storage)));

        flood.Count(result => !result.Failed).ShouldBe(Capacity - 1);
        flood.Where(result => result.Failed).ShouldAllBe(result => result.Error!.Code == "temporarily_unavailable" && result.Error.Status == 503);
        (await storage.Clients.FindAsync(first.Id, CancellationToken.None)).ShouldNotBeNull();
        (await storage.Audit.ListAsync(200, CancellationToken.None)).Count(audit => audit.Action == "client.registered").ShouldBe(Capacity);
    }

    [Fact]
    public async Task After_an_hour_the_oldest_client_that_nobody_used_makes_room()
    {
        await using var storage = await OpenAsync();
        var oldest = (await RegisterAsync(storage)).Value!.Client;
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 1; i < Capacity; i++)
        {
            (await RegisterAsync(storage)).Failed.ShouldBeFalse();
        }

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(2));
        (await RegisterAsync(storage)).Failed.ShouldBeTrue("the oldest is not an hour old");
        _time.Advance(TimeSpan.FromSeconds(1));

        (await RegisterAsync(storage)).Failed.ShouldBeFalse();
        (await storage.Clients.FindAsync(oldest.Id, CancellationToken.None)).ShouldBeNull();
        (await RegisterAsync(storage)).Failed.ShouldBeTrue("the next oldest is not");
    }

    [Fact]
    public async Task What_was_registered_is_what_the_token_endpoint_authenticates()
    {
        await using var storage = await OpenAsync();
        var registered = (await RegisterAsync(storage)).Value!;
        using var documents = TestDocuments.None(_time);
        await using var directory = new ClientDirectory(
            new ConfiguredClients([]), documents, storage.Clients, new ClientRegistrationOptions(), _time, NullLogger<ClientDirectory>.Instance);
        var authenticator = new ClientAuthenticator(directory, documents, TestDocuments.Snapshots(documents, _time), TestDocuments.Assertions(_time));

        (await AuthenticateAsync(registered.Client.Id, registered.Secret!)).Value!.Id.ShouldBe(registered.Client.Id);
        (await AuthenticateAsync(registered.Client.Id, registered.Secret![..42])).Error!.Code.ShouldBe("invalid_client");
        _time.Advance(TimeSpan.FromDays(30));
        (await AuthenticateAsync(registered.Client.Id, registered.Secret!)).Error!.Code.ShouldBe("invalid_client");

        ValueTask<OAuthResult<Client>> AuthenticateAsync(string id, string secret) => authenticator.AuthenticateAsync(
            null, OAuthParameters.Create([new("client_id", id), new("client_secret", secret)]).Value!, CancellationToken.None);
    }

    private Task<SqliteStorage> OpenAsync() => SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, _time, CancellationToken.None);

    private Task<OAuthResult<RegisteredClient>> RegisterAsync(SqliteStorage storage) =>
        new ClientRegistration(storage.Clients, storage.Audit, new ClientRegistrationOptions { Capacity = Capacity }, _time, NullLogger<ClientRegistration>.Instance)
            .RegisterAsync(
                Encoding.UTF8.GetBytes("{\"redirect_uris\":[\"http://localhost:1/cb\"],\"token_endpoint_auth_method\":\"client_secret_post\"}"),
                null, null, CancellationToken.None);
}
