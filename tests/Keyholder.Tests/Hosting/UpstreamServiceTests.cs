using Keyholder.Resources;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Contracts;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Keyholder.Tests.Hosting;

/// <summary>What the whole server does with providers unasked.</summary>
public sealed class UpstreamServiceTests : IDisposable
{
    private static readonly Provider Shared = Providers.Configured() with { Owner = ProviderOwner.Shared };
    private static readonly CredentialKey Key = new(CredentialOwner.SharedBy(Shared), Shared.Name);
    private readonly ManualTimeProvider _time = new();
    private readonly FakeProvider _provider;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UpstreamServiceTests() => _provider = new FakeProvider(_time)
    {
        Token = async _ =>
        {
            _asked.TrySetResult();
            await _answer.Task;
            return ScriptedHandler.Json("""{"access_token":"access-2","token_type":"bearer","refresh_token":"refresh-2","expires_in":86400}""");
        },
    };

    public void Dispose() => _provider.Dispose();

    [Fact]
    public async Task A_running_server_knows_which_client_it_is()
    {
        await using var host = await StartAsync();

        var (generation, _) = await host.Services.GetRequiredService<IUpstreamRegistrationStore>()
            .RecordAsync(Shared.Name, Sample.Hash(), "reason", Sample.Audit(_time.GetUtcNow(), "upstream.client_changed"), _time.GetUtcNow(), default);

        generation.ShouldBe(2);
    }

    [Fact]
    public async Task A_running_server_refreshes_what_is_shared_and_stops_only_when_the_answer_is_stored()
    {
        await using var host = await StartAsync();
        var tokens = new TokenSet { AccessToken = "access-1", TokenType = "Bearer", RefreshToken = "refresh-1", ExpiresAt = _time.GetUtcNow().AddMinutes(10) };
        await host.Services.GetRequiredService<CredentialVault>().StoreAsync(Key, tokens, null, null, default);
        _time.Advance(TimeSpan.FromMinutes(9.5));
        await _asked.Task;
        var service = host.Services.GetServices<IHostedService>().OfType<UpstreamService>().Single();
        await service.StopAsync(new CancellationToken(canceled: true));

        var stopping = service.StopAsync(default);
        stopping.IsCompleted.ShouldBeFalse();
        _answer.SetResult();
        await stopping;

        (await host.Services.GetRequiredService<ICredentialStore>().FindAsync(Key, default))!.Version.ShouldBe(2);
    }

    private Task<KeyholderHost> StartAsync() => KeyholderHost.StartAsync(
        configuration => configuration with { Resources = new ResourceSnapshot([], [Shared]) },
        services => services.AddSingleton(_provider.Client),
        _time);
}
