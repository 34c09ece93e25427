namespace Keyholder.Revocation;

/// <summary>What a notice says in the revocation log (<see cref="RevocationLogEntry.IsNotice"/>).</summary>
public static class RevocationNotice
{
    // A node that has read nothing for so long has refused everything meanwhile, and remembers nothing that old.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>What a node remembers of <paramref name="target"/> is out of date from <paramref name="now"/> on.</summary>
    public static RevocationEntry Of(RevocationTarget target, DateTimeOffset now) => new(target, now, now + Lifetime, "changed");
}
