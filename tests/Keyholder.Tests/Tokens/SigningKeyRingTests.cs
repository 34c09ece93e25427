using System.Security.Cryptography;
using Keyholder.Storage;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;

namespace Keyholder.Tests.Tokens;

public sealed class SigningKeyRingTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly ManualTimeProvider _time = new();
    private readonly SecretStoreInMemory _store = new();

    [Fact]
    public async Task Nodes_that_start_at_once_for_the_first_time_share_one_key()
    {
        var rings = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(LoadAsync)));

        rings.SelectMany(r => r.Current.Ids).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_new_key_is_published_first_and_signs_later_while_every_node_goes_on_validating()
    {
        var node = await LoadAsync();
        var other = await LoadAsync();
        var first = node.Current.Ids.Single();

        var second = await node.RotateAsync(TimeSpan.FromMinutes(5), Token);
        await other.RefreshAsync(Token);

        other.Current.Ids.ShouldBe([first, second]);
        other.Current.SignerAt(_time.GetUtcNow()).Id.ShouldBe(first);
        other.Current.SignerAt(_time.GetUtcNow().AddMinutes(5)).Id.ShouldBe(second);
    }

    [Fact]
    public async Task The_old_key_retires_when_its_last_token_has_expired()
    {
        var ring = await LoadAsync();
        var second = await ring.RotateAsync(TimeSpan.FromMinutes(5), Token);

        _time.Advance(TimeSpan.FromMinutes(5) + AccessTokenOptions.MaxLifetime);
        await ring.RefreshAsync(Token);
        ring.Current.Ids.Count().ShouldBe(2);

        _time.Advance(TimeSpan.FromMinutes(5));
        await ring.RefreshAsync(Token);
        ring.Current.Ids.ShouldBe([second]);
        (await LoadAsync()).Current.Ids.ShouldBe([second]);
    }

    [Fact]
    public async Task A_key_moved_onto_another_row_keeps_the_server_from_starting()
    {
        await LoadAsync();
        var stored = (await _store.ListSigningKeysAsync(Token)).Single();
        await _store.AddSigningKeyAsync(stored with { Id = "another" }, onlyFirst: false, Token);

        await Should.ThrowAsync<CryptographicException>(LoadAsync);
    }

    [Fact]
    public async Task A_key_that_cannot_be_opened_leaves_the_keys_in_force()
    {
        var ring = await LoadAsync();
        var before = ring.Current;
        await _store.AddSigningKeyAsync(new StoredSigningKey("broken", [1, 2, 3], _time.GetUtcNow(), _time.GetUtcNow(), null), onlyFirst: false, Token);

        await Should.ThrowAsync<CryptographicException>(() => ring.RefreshAsync(Token));

        ring.Current.ShouldBeSameAs(before);
    }

    private Task<SigningKeyRing> LoadAsync() => SigningKeyRing.LoadAsync(_store, new ClearSealer(), _time, Token);
}
