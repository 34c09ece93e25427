using System.Reflection;
using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Keyholder.Storage.Sqlite;

namespace Keyholder.Tests.RepositoryTests;

/// <summary>The directions between the parts, read from what the compiler linked.</summary>
public sealed class AssemblyReferenceTests
{
    private static readonly Assembly Core = typeof(Issuer).Assembly;
    private static readonly Assembly Storage = typeof(SqliteStorage).Assembly;
    private static readonly Assembly Server = typeof(KeyholderApp).Assembly;

    [Fact]
    public void Core_names_no_web_server_no_database_and_no_other_part() =>
        ReferencesOf(Core).Where(name => StartsWithAny(name, "Microsoft.AspNetCore", "Microsoft.Data", "System.Data", "SQLite", "Npgsql", "Yarp", "Keyholder", "keyholder")).ShouldBeEmpty();

    [Fact]
    public void Storage_names_core_and_its_databases_but_no_web_server()
    {
        ReferencesOf(Storage).ShouldContain("Keyholder.Core");
        ReferencesOf(Storage).Where(name => StartsWithAny(name, "Microsoft.AspNetCore", "Yarp", "keyholder")).ShouldBeEmpty();
    }

    [Fact]
    public void The_server_names_no_database_driver() =>
        ReferencesOf(Server).Where(name => StartsWithAny(name, "Microsoft.Data.Sqlite", "SQLite", "Npgsql")).ShouldBeEmpty();

    private static List<string> ReferencesOf(Assembly assembly) => [.. assembly.GetReferencedAssemblies().Select(a => a.Name!)];

    private static bool StartsWithAny(string name, params string[] prefixes) => prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));
}
