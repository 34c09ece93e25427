using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>The secrets of virtual keys that a revocation means.</summary>
/// <param name="KeyId">Of which key; null = of every one.</param>
/// <param name="Generation">Which one; null = whichever was made up to the cut-off.</param>
/// <param name="OwnerUserId">Of the keys of which user, who act for that user; null = of anybody's.</param>
internal sealed record RevokedSecrets(string? KeyId, long? Generation, string? OwnerUserId = null)
{
    /// <summary>What a target means, or null.</summary>
    public static RevokedSecrets? Of(RevocationTarget target) => target.Kind switch
    {
        RevocationTargetKind.All => new(null, null),
        RevocationTargetKind.VirtualKey => new(target.Value, null),
        RevocationTargetKind.Subject when Subject.TryParse(target.Value, out var subject) => subject.Kind switch
        {
            SubjectKind.VirtualKey => new(subject.Id, null),
            SubjectKind.User => new(null, null, subject.Id),
            _ => null,
        },
        RevocationTargetKind.Token when VirtualKeyTokenId.TryParse(target.Value, out var id, out var generation) => new(id, generation),
        _ => null,
    };
}
