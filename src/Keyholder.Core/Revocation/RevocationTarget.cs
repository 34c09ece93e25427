namespace Keyholder.Revocation;

/// <summary>What a revocation matches.</summary>
/// <param name="Kind">The kind of target.</param>
/// <param name="Value">Its id: a jti, a session id's text, a subject's text form, a client id, a resource URI; empty for <see cref="RevocationTargetKind.All"/>.</param>
public readonly record struct RevocationTarget(RevocationTargetKind Kind, string Value);
