using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>The secrets of virtual keys that a revocation means.</summary>
/// <param name="KeyId">Of which key; null = of every one.</param>
/// <param name="Generation">Which one; null = whichever was made up to the cut-off.</param>
internal sealed record RevokedSecrets(string? KeyId, long? Generation)
{
    /// <summary>What a target means, or null.</summary>
    public static RevokedSecrets? Of(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.All => new(null, null),
        RevocationTargetKind.VirtualKey => new(target.Value, null),
        RevocationTargetKind.Subject when Subject.TryParse(target.Value, out var subject) && subject.Kind == SubjectKind.VirtualKey => new(subject.Id, null),
        RevocationTargetKind.Token when VirtualKeyTokenId.TryParse(target.Value, out var id, out var generation) => new(id, generation),
        _ => null,
    };
}
