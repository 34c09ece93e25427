namespace Keyholder.Storage;

/// <summary>An import that was begun.</summary>
/// <param name="Source">The file's path.</param>
/// <param name="BeganAt">When it was begun.</param>
/// <param name="FinishedAt">When everything of it had been stored and read back; null = not yet.</param>
public sealed record ImportRun(string Source, DateTimeOffset BeganAt, DateTimeOffset? FinishedAt);
