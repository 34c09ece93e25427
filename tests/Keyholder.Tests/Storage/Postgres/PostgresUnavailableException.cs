namespace Keyholder.Tests.Storage.Postgres;

/// <summary>No PostgreSQL server can be started on this machine.</summary>
internal sealed class PostgresUnavailableException(string message) : Exception(message);
