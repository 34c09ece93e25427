namespace Keyholder.VirtualKeys;

/// <summary>A value a change assigns, null included; no <see cref="Assigned{T}"/> at all leaves what was.</summary>
/// <param name="Value">What it becomes.</param>
public readonly record struct Assigned<T>(T Value);
