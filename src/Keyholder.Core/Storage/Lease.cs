namespace Keyholder.Storage;

/// <summary>The right of one node to do what only one node at a time may do.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Holder">Who has it.</param>
/// <param name="Fencing">Grows whenever the lease changes hands, and never returns: a holder with an older number has lost it.</param>
/// <param name="ExpiresAt">From when on anybody may take it.</param>
public sealed record Lease(string Name, string Holder, long Fencing, DateTimeOffset ExpiresAt);
