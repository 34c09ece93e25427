namespace Keyholder.Storage;

/// <summary>
/// Merges the newest sessions of many names into one page without reading a whole page of each: a few of each are read, and the page is known once it ends
/// before anything that was not read could come. Pure.
/// </summary>
internal static class NewestOfNames
{
    private const int Growth = 4;

    /// <summary>How many sessions of each name to read first.</summary>
    public static int FirstShare(int names, int limit) => Math.Clamp(Growth * limit / Math.Max(names, 1), Math.Min(Growth, limit), limit);

    /// <summary>How many to read when <paramref name="share"/> were not enough.</summary>
    public static int NextShare(int share, int limit) => Math.Min(share * Growth, limit);

    /// <summary>The page; null when more of each name have to be read.</summary>
    /// <param name="found">The newest sessions of each name, at most <paramref name="share"/> of each; one may be found under several names.</param>
    /// <param name="share">How many were asked for.</param>
    /// <param name="limit">How many the page may hold.</param>
    public static List<RowPosition>? Merge(IReadOnlyList<(string Name, RowPosition Position)> found, int share, int limit)
    {
        var page = found.Select(f => f.Position).Distinct().OrderByDescending(p => p.CreatedAt).ThenByDescending(p => p.Id).Take(limit).ToList();
        if (share >= limit)
        {
            return page;
        }

        // Of names that gave all they were asked for, sessions older than the oldest that was read may be missing.
        var unread = found.GroupBy(f => f.Name).Where(name => name.Count() == share).Select(name => name.Min(f => f.Position.CreatedAt)).ToList();
        return unread.Count == 0 || (page.Count == limit && page[^1].CreatedAt > unread.Max()) ? page : null;
    }
}
