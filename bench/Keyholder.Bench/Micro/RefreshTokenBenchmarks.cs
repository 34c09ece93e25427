using BenchmarkDotNet.Attributes;
using Keyholder.Tokens;

namespace Keyholder.Bench.Micro;

/// <summary>Parsing a refresh token: a genuine one, and one whose MAC fails.</summary>
[MemoryDiagnoser]
public class RefreshTokenBenchmarks
{
    private OpaqueTokenFormat _format = null!;
    private string _genuine = null!;
    private string _forged = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        var core = await CoreFixture.CreateAsync();
        _format = core.Formats.RefreshToken;
        _genuine = _format.Format(new OpaqueToken(core.Session.Id, 7, TokenSecret.Create()));
        _forged = string.Concat(_genuine.AsSpan(0, 20), _genuine[20] == 'A' ? "B" : "A", _genuine.AsSpan(21));
    }

    [Benchmark]
    public bool Genuine() => _format.TryParse(_genuine, out _) ? true : throw new InvalidOperationException("A genuine token was refused.");

    [Benchmark]
    public bool Forged() => _format.TryParse(_forged, out _) ? throw new InvalidOperationException("A forged token was accepted.") : false;
}
