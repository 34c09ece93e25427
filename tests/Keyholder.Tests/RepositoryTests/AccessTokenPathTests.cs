using System.Reflection;
using Keyholder.OAuth;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Storage.Sqlite;
using Keyholder.Tests.Testing;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Tests.RepositoryTests;

/// <summary>Every kind of token has one door, and that door asks the kill switch.</summary>
public sealed class AccessTokenPathTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_other_assembly_can_make_an_access_token() =>
        typeof(AccessToken).GetConstructors(Any).ShouldAllBe(constructor => !constructor.IsPublic && !constructor.IsFamily);

    [Fact]
    public void Only_the_validator_gives_access_tokens_out()
    {
        // A virtual key is an opaque access token; its authenticator asks the kill switch as the validator does.
        Assembly[] assemblies = [typeof(Issuer).Assembly, typeof(SqliteStorage).Assembly, typeof(KeyholderApp).Assembly];

        var givers = assemblies.SelectMany(a => a.GetTypes())
            .Where(type => type.IsVisible && type != typeof(AccessToken))
            .SelectMany(type => type.GetMethods(Any).Where(m => m.IsPublic && Gives(m)).Select(m => $"{type.Name}.{m.Name}"))
            .Order(StringComparer.Ordinal);

        givers.ShouldBe(["AccessTokenValidator.Inspect", "AccessTokenValidator.Validate", "IAccessTokenInspector.Inspect", "IAccessTokenValidator.Validate", "VirtualKeyUse.Deconstruct", "VirtualKeyUse.get_AccessToken"]);
    }

    [Fact]
    public void Signatures_and_claims_of_access_tokens_are_read_in_the_validator_alone()
    {
        FilesNaming("AccessTokenPayload.Read(").ShouldBe(["AccessTokenValidator.cs"]);
        FilesNaming("new AccessToken\n", "new AccessToken(").ShouldBe(["AccessTokenPayload.cs", "VirtualKeyAuthenticator.cs"]);
        FilesNaming("FindByHeader(").ShouldBe(["AccessTokenValidator.cs", "SigningKeySet.cs"]);
    }

    [Fact]
    public void Admin_tokens_are_looked_at_in_their_validator_alone_and_it_asks_the_kill_switch()
    {
        FilesNaming("AdminToken.TryParse(").ShouldBe(["AdminTokenValidator.cs"]);
        CallersOf(typeof(IAdminTokenStore), nameof(IAdminTokenStore.FindAsync)).ShouldBe([nameof(AdminTokenValidator)]);
        CallersOf(typeof(RevocationIndex), nameof(RevocationIndex.Judge), typeof(AdminToken)).ShouldBe([nameof(AdminTokenValidator)]);
    }

    [Fact]
    public void Browser_sessions_are_looked_at_in_one_place_alone_and_it_asks_the_kill_switch()
    {
        CallersOf(typeof(IBrowserSessionStore), nameof(IBrowserSessionStore.FindAsync)).ShouldBe(["SignedInBrowser"]);
        CallersOf(typeof(RevocationIndex), nameof(RevocationIndex.Judge), typeof(BrowserSession)).ShouldBe(["SignedInBrowser"]);
    }

    // Every call in the code of the server's assemblies, state machines of async methods included, by the outermost type it stands in.
    private static IEnumerable<string> CallersOf(Type type, string method, Type? firstParameter = null)
    {
        Assembly[] assemblies = [typeof(Issuer).Assembly, typeof(KeyholderApp).Assembly];
        var wanted = type.GetMethods(Any).Single(m => m.Name == method && (firstParameter is null || m.GetParameters()[0].ParameterType == firstParameter));
        return assemblies.SelectMany(a => a.GetTypes())
            .Where(t => t.GetMethods(Any).Any(m => Calls(m, wanted)))
            .Select(Outermost)
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private static bool Calls(MethodInfo caller, MethodInfo wanted)
    {
        const byte Call = 0x28;
        const byte CallVirtual = 0x6F;
        var code = caller.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + 5 <= code.Length; i++)
        {
            if (code[i] is Call or CallVirtual && Resolve(caller, BitConverter.ToInt32(code, i + 1)) == wanted)
            {
                return true;
            }
        }

        return false;
    }

    // Not every byte that looks like a call is one.
    private static MethodBase? Resolve(MethodInfo caller, int token)
    {
        try
        {
            return caller.Module.ResolveMethod(token, caller.DeclaringType!.GetGenericArguments(), caller.GetGenericArguments());
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }

    private static string Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type.Name;

    private static IEnumerable<string> FilesNaming(params string[] words) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => words.Any(word => File.ReadAllText(file).Contains(word, StringComparison.Ordinal)))
            .Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal);

    private static bool Gives(MethodInfo method) =>
        Names(method.ReturnType) || method.GetParameters().Any(p => p.IsOut && Names(p.ParameterType.GetElementType()!));

    private static bool Names(Type type) => type == typeof(AccessToken) || type.GetGenericArguments().Any(Names);
}
