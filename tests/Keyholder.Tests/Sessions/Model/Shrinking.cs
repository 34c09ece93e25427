namespace Keyholder.Tests.Sessions.Model;

/// <summary>Makes a failing program short enough to read.</summary>
internal static class Shrinking
{
    /// <summary>Leaves out steps, many at once and then one by one, as long as it still fails.</summary>
    public static async Task<SessionProgram> ShrinkAsync(SessionProgram failing, Func<SessionProgram, Task<bool>> failsAsync)
    {
        for (var size = failing.Steps.Count / 2; size > 0; size /= 2)
        {
            for (var at = failing.Steps.Count - size; at >= 0; at = Math.Min(at, failing.Steps.Count) - size)
            {
                var shorter = failing with { Steps = [.. failing.Steps.Take(at), .. failing.Steps.Skip(at + size)] };
                if (await failsAsync(shorter))
                {
                    failing = shorter;
                }
            }
        }

        return failing;
    }
}
