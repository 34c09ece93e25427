namespace Keyholder.Storage;

/// <summary>The database was migrated by a newer Keyholder in a way that this one cannot live with. It was not opened and nothing was changed.</summary>
public sealed class SchemaTooNewException : Exception
{
    public SchemaTooNewException()
    {
    }

    public SchemaTooNewException(string message)
        : base(message)
    {
    }

    public SchemaTooNewException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Names both versions.</summary>
    /// <param name="demandedVersion">The migration a Keyholder has to know to work on the database.</param>
    /// <param name="knownVersion">The latest one this Keyholder knows.</param>
    public SchemaTooNewException(int demandedVersion, int knownVersion)
        : this($"The database demands a Keyholder that knows schema version {demandedVersion}, and this one knows versions up to {knownVersion} only. Start the newer Keyholder, or restore a backup from before the upgrade.")
    {
    }
}
