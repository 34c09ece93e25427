namespace Keyholder.Storage;

/// <summary>The database was migrated by a newer Keyholder. It was not opened and nothing was changed.</summary>
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
    public SchemaTooNewException(int databaseVersion, int knownVersion)
        : this($"The database has schema version {databaseVersion}, but this Keyholder knows versions up to {knownVersion} only. Start the newer Keyholder, or restore a backup from before the upgrade.")
    {
    }
}
