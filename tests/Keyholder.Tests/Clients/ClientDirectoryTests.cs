using Keyholder.Clients;
using Keyholder.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Clients;

public sealed class ClientDirectoryTests : IAsyncDisposable
{
    private readonly RecordingClientStore _store = new();
    private readonly ManualTimeProvider _time = new(TestClients.Created);
    private readonly ClientDirectory _directory;

    public ClientDirectoryTests() => _directory = Directory();

    [Fact]
    public async Task A_configured_client_is_found_without_the_store_and_hides_a_dynamic_one()
    {
        var configured = TestClients.Public(id: "cli") with { Source = ClientSource.Configured, ExpiresAt = null };
        _store.Clients["cli"] = TestClients.Public("https://evil.example/cb", "cli");
        await using var directory = Directory(configured);

        (await directory.FindAsync("cli", CancellationToken.None)).ShouldBe(configured);
        _store.Finds.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_seen_lately_is_answered_from_memory_and_looked_up_again_after_a_while()
    {
        var client = Stored();

        for (var i = 0; i < 5; i++)
        {
            (await Find(client.Id)).ShouldBe(client);
        }

        _store.Finds.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(30));
        _store.Clients.Clear();
        (await Find(client.Id)).ShouldBeNull();
        _store.Finds.ShouldBe(2);
    }

    [Fact]
    public async Task An_expired_client_is_unknown_even_while_it_is_remembered()
    {
        var client = Stored();
        _time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        (await Find(client.Id)).ShouldNotBeNull();

        _time.Advance(TimeSpan.FromSeconds(1));

        (await Find(client.Id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_remembered_client_that_another_node_renewed_is_not_taken_for_expired()
    {
        var client = Stored();
        _time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        await Find(client.Id);
        _store.Clients[client.Id] = client with { ExpiresAt = client.ExpiresAt + TimeSpan.FromDays(30) };

        _time.Advance(TimeSpan.FromSeconds(1));

        (await Find(client.Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_unknown_id_is_not_remembered_so_a_client_registered_next_is_found_at_once()
    {
        (await Find("public-client")).ShouldBeNull();
        Stored();
        (await Find("public-client")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("clïent")]
    public async Task What_no_client_id_can_be_never_reaches_the_store(string id)
    {
        (await Find(id)).ShouldBeNull();
        (await Find(new string('a', 256))).ShouldBeNull();
        _store.Finds.ShouldBe(0);
    }

    [Fact]
    public async Task A_store_that_fails_is_an_exception_and_never_an_unknown_client()
    {
        _store.Failure = new TimeoutException();

        await Should.ThrowAsync<TimeoutException>(() => Find("public-client").AsTask());
    }

    [Fact]
    public async Task A_grant_renews_the_expiry_at_most_once_a_day()
    {
        var client = Stored();
        _directory.Touch(client);
        _time.Advance(TimeSpan.FromHours(23));
        _directory.Touch(client);
        await _directory.DisposeAsync();
        _store.Renewals.ShouldBeEmpty();

        _time.Advance(TimeSpan.FromHours(1));
        _directory.Touch(client);
        await _directory.DisposeAsync();

        var expected = _time.GetUtcNow() + TimeSpan.FromDays(30);
        _store.Renewals.ShouldBe([(client.Id, expected)]);
        _directory.Touch((await Find(client.Id))!);
        await _directory.DisposeAsync();
        _store.Renewals.Count.ShouldBe(1);
        _store.Finds.ShouldBe(0, "the renewed client was remembered");
    }

    [Fact]
    public async Task Many_grants_at_once_renew_once_and_none_waits_for_the_store()
    {
        var client = Stored();
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        _time.Advance(TimeSpan.FromDays(2));

        Parallel.For(0, 64, _ => _directory.Touch(client));

        gate.SetResult();
        await _directory.DisposeAsync();
        _store.Renewals.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_not_thrown_and_the_next_grant_tries_again()
    {
        var client = Stored();
        _time.Advance(TimeSpan.FromDays(2));
        _store.Failure = new TimeoutException();
        _directory.Touch(client);
        await _directory.DisposeAsync();
        _store.Failure = null;

        _directory.Touch(client);
        await _directory.DisposeAsync();

        _store.Renewals.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_configured_client_has_nothing_to_renew()
    {
        _directory.Touch(TestClients.Public() with { ExpiresAt = null });
        await _directory.DisposeAsync();
        _store.Renewals.ShouldBeEmpty();
    }

    [Fact]
    public void The_cache_holds_no_more_than_its_capacity_whatever_is_put_in()
    {
        var cache = new ExpiringCache<Client>(100, _time);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Put($"client-{i}", TestClients.Public(), TimeSpan.FromSeconds(30));
            cache.Count.ShouldBeLessThanOrEqualTo(100);
        }

        cache.Find("client-999").ShouldNotBeNull();
        cache.Find("client-0").ShouldBeNull();
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private ValueTask<Client?> Find(string id) => _directory.FindAsync(id, CancellationToken.None);

    private Client Stored()
    {
        var client = TestClients.Public();
        _store.Clients[client.Id] = client;
        return client;
    }

    private ClientDirectory Directory(params Client[] configured) =>
        new(new ConfiguredClients(configured), TestDocuments.None(_time), _store, new ClientRegistrationOptions(), _time, NullLogger<ClientDirectory>.Instance);
}
