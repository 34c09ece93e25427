using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>
/// How long the model is tried: two seconds per test, or <c>KEYHOLDER_MODEL_SECONDS</c>. Seeds are drawn afresh every time; <c>KEYHOLDER_MODEL_SEED</c>
/// runs the one that a failure printed, and nothing else.
/// </summary>
internal static class ModelBudget
{
    private const int Workers = 24;

    private static readonly TimeSpan Time =
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("KEYHOLDER_MODEL_SECONDS") ?? "2", CultureInfo.InvariantCulture));

    private static readonly ulong? OnlySeed =
        Environment.GetEnvironmentVariable("KEYHOLDER_MODEL_SEED") is { } seed ? ulong.Parse(seed, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : null;

    /// <summary>Runs fresh seeds, many at a time, until the time is up or one fails.</summary>
    /// <returns>How many were run, and the failure with its seed.</returns>
    public static async Task<(int Count, ulong Seed, Exception? Failure)> SpendAsync(Func<ulong, Task> run)
    {
        if (OnlySeed is { } only)
        {
            return (1, only, await FailureOfAsync(() => run(only)));
        }

        var first = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var started = Stopwatch.GetTimestamp();
        var count = 0;
        (ulong Seed, Exception Failure)? failed = null;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < Time && failed is null)
            {
                var seed = first + (ulong)Interlocked.Increment(ref count);
                if (await FailureOfAsync(() => run(seed)) is { } failure)
                {
                    failed = (seed, failure);
                }
            }
        })));
        return (count, failed?.Seed ?? 0, failed?.Failure);
    }

    /// <summary>What it throws; null when nothing.</summary>
    public static async Task<Exception?> FailureOfAsync(Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, it is the finding.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }
}
