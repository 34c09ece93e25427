namespace Keyholder.Upstream;

/// <summary>Carries the guard's refusal out of the connection; turned into an outcome before anyone else sees it.</summary>
internal sealed class AddressRefusedException() : IOException("The host has a special-use address.");
