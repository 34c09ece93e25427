using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class VaultKeyRingTests
{
    private static readonly string Base64 = Convert.ToBase64String(VaultKeys.Secret(0x5A));
    private static readonly string Hex = Convert.ToHexString(VaultKeys.Secret(0x5B));

    [Fact]
    public void Base64_and_hex_comments_and_blank_lines_are_read_oldest_first()
    {
        var (ring, problems) = Parse($"# old\r\n2029:{Base64}\r\n\r\n  # new\n2030:{Hex}\n");

        problems.ShouldBeEmpty();
        ring!.KeyIds.ShouldBe(["2029", "2030"]);
        ring.Newest.Secret.ShouldBe(VaultKeys.Secret(0x5B));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment")]
    public void A_ring_without_a_key_is_refused(string text) => Refused(text).ShouldHaveSingleItem().ShouldContain("no key");

    public static TheoryData<string> BadKeys() =>
    [
        "", "x",
        Convert.ToBase64String(new byte[31]), Convert.ToBase64String(new byte[33]), Convert.ToBase64String(new byte[16]),
        Convert.ToHexString(new byte[31]), Convert.ToHexString(new byte[33]),
        Convert.ToBase64String(VaultKeys.Secret(255)).Replace('/', '_'),
        Convert.ToBase64String(VaultKeys.Secret(3)).TrimEnd('='),
        Convert.ToBase64String(VaultKeys.Secret(3))[..^2] + "N=",
        " " + Convert.ToBase64String(VaultKeys.Secret(3)),
        Convert.ToBase64String(VaultKeys.Secret(3)) + "AAAA",
        new string('g', 64),
    ];

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void A_key_that_is_not_exactly_32_canonical_bytes_is_refused_without_being_shown(string key)
    {
        var problem = Refused($"k1:{key}").ShouldHaveSingleItem();

        problem.ShouldContain("line 1");
        problem.ShouldContain("'k1'");
        if (key.Trim().Length > 1)
        {
            problem.ShouldNotContain(key.Trim());
        }
    }

    [Theory]
    [InlineData("no colon here")]
    [InlineData(":")]
    [InlineData("a b:x")]
    [InlineData("ключ:x")]
    public void A_line_that_names_no_key_is_refused(string line) => Refused(line).ShouldHaveSingleItem().ShouldContain("line 1");

    [Fact]
    public void Every_problem_is_listed_at_once() =>
        Refused($"a:short\nno-colon\n:{Base64}\ngood:{Base64}\ngood:{Hex}\ntwin:{Base64}").Count.ShouldBe(5);

    [Fact]
    public void A_problem_never_shows_a_line_that_might_be_a_bare_key() =>
        Refused(Base64).ShouldHaveSingleItem().ShouldNotContain(Base64);

    private static List<string> Refused(string text)
    {
        var (ring, problems) = Parse(text);
        ring.ShouldBeNull();
        return problems;
    }

    private static (VaultKeyRing? Ring, List<string> Problems) Parse(string text)
    {
        var problems = new List<string>();
        return (VaultKeyRing.Parse(text, problems), problems);
    }
}
