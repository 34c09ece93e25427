using Keyholder.Audit;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>
/// Makes the database follow the configuration: its resources, its virtual keys and their grants. One transaction, with a number of statements that does not depend
/// on how many keys there are; nodes that do it at once do it one after the other, and the second finds nothing to do.
/// </summary>
public interface IDeclarationStore
{
    /// <summary>
    /// Does what <see cref="DeclarationPolicy"/> says, makes storage's knowledge of the resources equal to the declared one, and reconciles every key when grants or
    /// resources changed. Every key and grant that changes gets its audit event; every key that was there, a notice in the revocation log, and other resources one for all.
    /// Grants to all that were made otherwise stay. With a problem nothing is written.
    /// </summary>
    /// <param name="declaration">What the configuration says now.</param>
    /// <param name="audit">The event of each key, grant and credential that changes; action, target and reason are set by storage.</param>
    /// <param name="record">An event of its own that is written with it, also when nothing else is to be done; or null.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    Task<DeclarationResult> ApplyAsync(Declaration declaration, AuditEvent audit, AuditEvent? record, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What <see cref="ApplyAsync"/> would do to keys and grants; nothing is changed.</summary>
    Task<DeclarationPlan> PlanAsync(Declaration declaration, DateTimeOffset now, CancellationToken cancellationToken);
}
