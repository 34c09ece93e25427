namespace Keyholder.Tests.Import;

/// <summary>Stands for the end of the process.</summary>
public sealed class KilledException() : Exception("killed");
