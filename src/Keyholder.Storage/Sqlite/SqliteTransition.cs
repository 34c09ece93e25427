namespace Keyholder.Storage.Sqlite;

/// <summary>An entry of the write queue.</summary>
/// <param name="Work">Whose it is, and what to do.</param>
/// <param name="IsOneChange">Whether it changes the database by one statement at most, and so needs no savepoint.</param>
internal readonly record struct SqliteTransition(Transition<PreparedConnection> Work, bool IsOneChange);
