namespace Keyholder.Storage;

/// <summary>What became of a record of an import. Stands in the journal, so that it is the same whenever the record comes again.</summary>
public enum ImportOutcome
{
    /// <summary>It is in the database.</summary>
    Imported,

    /// <summary>There was one of its key already, which was left as it is.</summary>
    Kept,
}
