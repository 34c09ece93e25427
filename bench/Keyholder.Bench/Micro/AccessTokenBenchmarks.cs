using BenchmarkDotNet.Attributes;
using Keyholder.Tokens;

namespace Keyholder.Bench.Micro;

/// <summary>Validating an access token: one seen before, and one whose signature has to be checked.</summary>
[MemoryDiagnoser]
public class AccessTokenBenchmarks
{
    private CoreFixture _warm = null!;
    private CoreFixture _cold = null!;
    private string _seen = null!;
    private string[] _unseen = null!;
    private int _next;

    [GlobalSetup]
    public async Task Setup()
    {
        _warm = await CoreFixture.CreateAsync();
        _seen = _warm.AccessTokens.Issue(_warm.Session, _warm.Session.Scopes).Token;
        _warm.Validator.Validate(_seen, CoreFixture.Resource, out _);

        // A cache of one entry never holds the token that comes next.
        _cold = await CoreFixture.CreateAsync(cacheCapacity: 1);
        _unseen = [.. Enumerable.Range(0, 64).Select(_ => _cold.AccessTokens.Issue(_cold.Session, _cold.Session.Scopes).Token)];
    }

    [Benchmark]
    public AccessTokenOutcome Seen_before() => Expect(_warm.Validator.Validate(_seen, CoreFixture.Resource, out _));

    [Benchmark]
    public AccessTokenOutcome Never_seen() => Expect(_cold.Validator.Validate(_unseen[_next++ & 63], CoreFixture.Resource, out _));

    [Benchmark]
    public string Issue() => _warm.AccessTokens.Issue(_warm.Session, _warm.Session.Scopes).Token;

    private static AccessTokenOutcome Expect(AccessTokenOutcome outcome) =>
        outcome == AccessTokenOutcome.Valid ? outcome : throw new InvalidOperationException($"The token is {outcome}.");
}
