using System.Reflection;
using Keyholder.OAuth;
using Keyholder.Server.Hosting;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;

namespace Keyholder.Tests.RepositoryTests;

/// <summary>There is no way to an access token but the validator, and the validator asks the kill switch.</summary>
public sealed class AccessTokenPathTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_other_assembly_can_make_an_access_token() =>
        typeof(AccessToken).GetConstructors(Any).ShouldAllBe(constructor => !constructor.IsPublic && !constructor.IsFamily);

    [Fact]
    public void Only_the_validator_gives_access_tokens_out()
    {
        Assembly[] assemblies = [typeof(Issuer).Assembly, typeof(SqliteStorage).Assembly, typeof(KeyholderApp).Assembly];

        var givers = assemblies.SelectMany(a => a.GetTypes())
            .Where(type => type.IsVisible && type != typeof(AccessToken))
            .SelectMany(type => type.GetMethods(Any).Where(m => m.IsPublic && Gives(m)).Select(m => $"{type.Name}.{m.Name}"))
            .Order(StringComparer.Ordinal);

        givers.ShouldBe(["AccessTokenValidator.Inspect", "AccessTokenValidator.Validate", "IAccessTokenInspector.Inspect", "IAccessTokenValidator.Validate"]);
    }

    [Fact]
    public void Signatures_and_claims_of_access_tokens_are_read_in_the_validator_alone()
    {
        FilesNaming("AccessTokenPayload.Read(").ShouldBe(["AccessTokenValidator.cs"]);
        FilesNaming("new AccessToken\n", "new AccessToken(").ShouldBe(["AccessTokenPayload.cs"]);
        FilesNaming("FindByHeader(").ShouldBe(["AccessTokenValidator.cs", "SigningKeySet.cs"]);
    }

    private static IEnumerable<string> FilesNaming(params string[] words) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => words.Any(word => File.ReadAllText(file).Contains(word, StringComparison.Ordinal)))
            .Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal);

    private static bool Gives(MethodInfo method) =>
        Names(method.ReturnType) || method.GetParameters().Any(p => p.IsOut && Names(p.ParameterType.GetElementType()!));

    private static bool Names(Type type) => type == typeof(AccessToken) || type.GetGenericArguments().Any(Names);
}
