using BenchmarkDotNet.Attributes;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.VirtualKeys;

namespace Keyholder.Bench.Micro;

/// <summary>A virtual key presented at a resource: one seen before, and one whose checksum fails.</summary>
[MemoryDiagnoser]
public class VirtualKeyBenchmarks
{
    private Func<string, ValueTask<VirtualKeyUse>> _authenticate = null!;
    private string _key = null!;
    private string _forged = null!;

    [GlobalSetup]
    public async Task Setup()
    {
#pragma warning disable RS0030 // A benchmark runs on the real clock.
        var time = TimeProvider.System;
#pragma warning restore RS0030
        var core = await CoreFixture.CreateAsync();
        var resource = new Resource
        {
            Name = "bench",
            Uri = CoreFixture.Resource,
            MetadataUri = CoreFixture.Resource,
            DisplayName = "bench",
            Upstream = new Uri("https://upstream.example/"),
            Auth = ResourceAuthKind.None,
            Providers = [],
            Scopes = [new ResourceScope("mcp:bench", "Use it")],
            DefaultScopes = ["mcp:bench"],
            RequiredScopes = [],
            MaxRequestBodyBytes = 1024,
            ActivityTimeout = TimeSpan.FromMinutes(1),
            EndStreamsAtTokenExpiry = false,
        };
        var origin = new RequestOrigin(null, null);
        var (_, key, text) = await new VirtualKeyRegistry(core.Storage.VirtualKeys, core.Formats, time).CreateAsync("bench", null, null, "system", origin, CancellationToken.None);
        await new GrantRegistry(core.Storage.Grants, time).PutAsync(key.Id, new Grant(resource.Name, ["search"]), "system", origin);
        var authenticator = new VirtualKeyAuthenticator(
            core.Formats, new VirtualKeyAccesses(core.Storage.Grants, core.Feed, time), core.Revocations, new VirtualKeyUses(core.Storage.VirtualKeys, time), time);
        _key = text!;
        _forged = string.Concat(_key.AsSpan(0, 20), _key[20] == 'A' ? "B" : "A", _key.AsSpan(21));
        _authenticate = presented => authenticator.AuthenticateAsync(presented, resource, CancellationToken.None);
    }

    [Benchmark]
    public async Task<VirtualKeyUse> Seen_before() =>
        await _authenticate(_key) is { Outcome: VirtualKeyUseOutcome.Allowed } use ? use : throw new InvalidOperationException("A good key was refused.");

    [Benchmark]
    public async Task<VirtualKeyUse> Forged() =>
        await _authenticate(_forged) is { Outcome: VirtualKeyUseOutcome.Invalid } use ? use : throw new InvalidOperationException("A forged key was accepted.");
}
