using BenchmarkDotNet.Attributes;
using Keyholder.Resources;
using Keyholder.Storage.Sqlite;
using Keyholder.Upstream;
using Keyholder.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Bench.Micro;

/// <summary>Swapping an access token for the credentials of one and of three providers, all warm.</summary>
[MemoryDiagnoser]
public class WarmCredentialBenchmarks
{
    private Func<Resource, ValueTask<UpstreamAuthorization>> _authorize = null!;
    private Resource _one = null!;
    private Resource _three = null!;

    [GlobalSetup]
    public async Task Setup()
    {
#pragma warning disable RS0030 // A benchmark runs on the real clock.
        var time = TimeProvider.System;
#pragma warning restore RS0030
        var core = await CoreFixture.CreateAsync();
        var storage = await SqliteStorage.OpenAsync(SqliteStorageOptions.Memory, time, CancellationToken.None);
        var vault = new CredentialVault(storage.Credentials, storage.CredentialRefreshes, storage.Audit, core.Sealer, time, NullLogger<CredentialVault>.Instance);
        var options = new UpstreamOptions();
        var authorizer = new UpstreamAuthorizer(
            vault, storage.CredentialRefreshes, storage.CredentialRefusals, new UpstreamClient(new GuardedHttp(options, new SystemHostResolver(), time), options, time), options, time, NullLogger<UpstreamAuthorizer>.Instance);
        core.Validator.Validate(core.AccessTokens.Issue(core.Session, core.Session.Scopes).Token, CoreFixture.Resource, out var token);
        _authorize = resource => authorizer.AuthorizeAsync(resource, token!, CancellationToken.None);
        Provider[] providers = [.. Enumerable.Range(0, 3).Select(i => ProviderNamed("p" + i))];
        foreach (var provider in providers)
        {
            var key = new CredentialKey(CredentialOwner.For(provider, token!.Subject, token.SessionId), provider.Name);
            await vault.StoreAsync(key, new TokenSet { AccessToken = "access", TokenType = "Bearer" }, null, null, null, null, CancellationToken.None);
        }

        _one = ResourceWith(new ResourceProvider(providers[0]));
        _three = ResourceWith([.. providers.Select((p, i) => new ResourceProvider(p, Header: i == 0 ? null : "X-" + p.Name))]);
    }

    [Benchmark]
    public async Task<int> One_provider() => (await _authorize(_one)).Headers.Count;

    [Benchmark]
    public async Task<int> Three_providers() => (await _authorize(_three)).Headers.Count;

    private static Provider ProviderNamed(string name) =>
        new() { Name = name, DisplayName = name, Kind = ProviderKind.OAuth2, ClientId = "bench", ClientAuthMethod = "none", Scopes = [] };

    private static Resource ResourceWith(params ResourceProvider[] providers) => new()
    {
        Name = "bench",
        Uri = CoreFixture.Resource,
        MetadataUri = CoreFixture.Resource,
        DisplayName = "bench",
        Upstream = new Uri("https://upstream.example/"),
        Auth = ResourceAuthKind.Credentials,
        Providers = providers,
        Scopes = [new ResourceScope("mcp:bench", "Use it")],
        DefaultScopes = ["mcp:bench"],
        RequiredScopes = [],
        MaxRequestBodyBytes = 1024,
        ActivityTimeout = TimeSpan.FromMinutes(1),
        EndStreamsAtTokenExpiry = false,
    };
}
