using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Keyholder.Vault;

namespace Keyholder.Bench.Micro;

/// <summary>Sealing and opening an envelope the size of a token set.</summary>
[MemoryDiagnoser]
public class EnvelopeBenchmarks
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(512);
    private readonly byte[] _context = "user:bench@demo"u8.ToArray();
    private EnvelopeSealer _sealer = null!;
    private byte[] _envelope = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _sealer = (await CoreFixture.CreateAsync()).Sealer;
        _envelope = _sealer.Seal(_secret, _context);
    }

    [Benchmark]
    public byte[] Seal() => _sealer.Seal(_secret, _context);

    [Benchmark]
    public byte[] Open() => _sealer.Open(_envelope, _context, out var secret) == EnvelopeOutcome.Opened ? secret : throw new InvalidOperationException("The envelope does not open.");
}
