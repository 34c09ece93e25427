using System.Text;
using Keyholder.Import;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Upstream;

namespace Keyholder.Tests.Import;

public sealed class ImportFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keyholder-import-").FullName;
    private readonly List<ImportProblem> _problems = [];
    private readonly SessionId _session = SessionId.Create();

    private string FilePath => Path.Combine(_folder, "import.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_are_read_with_their_numbers_whatever_the_ends_of_lines_and_blank_ones_are_passed_over()
    {
        var file = Parse($$"""

            {"kind":"credential","session":"{{_session}}","provider":"oauth","access_token":"a","expires_at":"2030-01-02T03:04:05+02:00"}
              {"kind":"identity","provider":"oidc","subject":"4711"}  

            """.ReplaceLineEndings("\r\n")).ShouldNotBeNull();

        var credential = file.Credentials.ShouldHaveSingleItem();
        (credential.Line, credential.Session, credential.ProviderType).ShouldBe((2, _session, "oauth"));
        credential.Tokens.ExpiresAt.ShouldBe(new DateTimeOffset(2030, 1, 2, 1, 4, 5, TimeSpan.Zero));
        credential.Tokens.TokenType.ShouldBe("Bearer");
        file.Identities.ShouldHaveSingleItem().ShouldBe(new ImportedIdentity(3, "oidc", "4711", null, null));
        file.ToString().ShouldBe("import file of 1 credentials and 1 identities");
    }

    [Theory]
    [InlineData("no json", "is no JSON object")]
    [InlineData("[1]", "is no JSON object")]
    [InlineData("null", "is no JSON object")]
    [InlineData("{}", "kind has to be")]
    [InlineData("""{"kind":"user"}""", "kind has to be")]
    [InlineData("""{"kind":"credential","provider":"oauth","access_token":"CANARY"}""", "session has to be")]
    [InlineData("""{"kind":"credential","session":"abc","provider":"oauth","access_token":"CANARY"}""", "session has to be")]
    [InlineData("""{"kind":"credential","session":"SESSION","access_token":"CANARY"}""", "provider is missing")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"oauth"}""", "access_token is missing")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"oauth","access_token":"CANARY","expires_at":"tomorrow"}""", "expires_at has to be")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"oauth","access_token":"CANARY","expires_at":1893456000}""", "$.expires_at")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"oauth","access_token":"CANARY","subject":"1"}""", "subject does not belong")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"oauth","acess_token":"CANARY"}""", "$.acess_token")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"oauth","access_token":"CANARY","access_token":"CANARY"}""", "$.access_token")]
    [InlineData("""{"kind":"credential","session":"SESSION","provider":"o\u0000","access_token":"CANARY"}""", "NUL")]
    [InlineData("""{"kind":"identity","provider":"oidc"}""", "subject is missing")]
    [InlineData("""{"kind":"identity","provider":"oidc","subject":"1","access_token":"CANARY"}""", "access_token does not belong")]
    [InlineData("""{"kind":"identity","provider":"oidc","subject":"1","display_name":"a\u0007"}""", "display_name has to be")]
    public void A_line_that_is_not_understood_is_named_without_what_it_holds(string line, string message)
    {
        Parse("\n" + line.Replace("SESSION", _session.ToString(), StringComparison.Ordinal)).ShouldBeNull();

        var problem = _problems.ShouldHaveSingleItem();
        problem.Line.ShouldBe(2);
        problem.ToString().ShouldStartWith("line 2: ");
        problem.Message.ShouldContain(message);
        problem.Message.ShouldNotContain("CANARY");
    }

    [Fact]
    public void Every_problem_is_listed_at_once()
    {
        Parse("x\ny\n{\"kind\":\"credential\"}").ShouldBeNull();

        _problems.Select(p => p.Line).ShouldBe([1, 2, 3, 3, 3]);
    }

    [Fact]
    public void A_file_others_can_read_is_refused_with_the_repair_and_one_that_is_missing_is_said()
    {
        ImportFile.Load(FilePath, _problems).ShouldBeNull();
        _problems.ShouldHaveSingleItem().Message.ShouldContain("cannot be read");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no mode bits.");
        File.WriteAllText(FilePath, "");
        SetMode(UnixFileMode.UserRead | UnixFileMode.GroupRead);
        _problems.Clear();

        ImportFile.Load(FilePath, _problems).ShouldBeNull();

        _problems.ShouldHaveSingleItem().Message.ShouldContain($"chmod 600 '{FilePath}'");
        SetMode(UnixFileMode.UserRead);
        ImportFile.Load(FilePath, _problems).ShouldNotBeNull();
    }

    [Fact]
    public void A_type_of_one_resource_goes_before_the_type_alone_and_a_mapping_that_leads_nowhere_or_to_what_is_shared_is_refused()
    {
        var resources = new ResourceSnapshot([], [Providers.OAuth2(), Providers.OAuth2() with { Name = "keys", Kind = ProviderKind.Headers }, Providers.OAuth2() with { Name = "common", Owner = ProviderOwner.Shared }]);

        new ProviderNames(new Dictionary<string, string> { ["oauth"] = "github" }, resources).Find("oauth", "https://gate.example/mcp/notes")!.Name.ShouldBe("github");
        new ProviderNames(new Dictionary<string, string> { ["a"] = "github", ["b@nowhere"] = "github", ["c"] = "nobody", ["d"] = "keys", ["e"] = "common" }, resources).Check(_problems);

        _problems.Select(p => p.Message.Split(' ')[2]).ShouldBe(["b@nowhere=github", "c=nobody", "d=keys", "e=common"]);
    }

    private ImportFile? Parse(string text) => ImportFile.Parse(Encoding.UTF8.GetBytes(text), _problems);

    private void SetMode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, mode);
        }
    }
}
