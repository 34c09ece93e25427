namespace Keyholder.Import;

/// <summary>What an import came to.</summary>
/// <param name="Imported">Records that are in the database because of it, now or from an earlier run.</param>
/// <param name="Kept">Records whose place was taken already, and what lies there was left alone.</param>
public sealed record ImportReport(int Imported, int Kept);
