using Keyholder.Resources;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class HeaderSetPolicyTests
{
    private static readonly DeclaredHeader[] Declared =
        [new("x-api-key", "Key", Required: true, ""), new("authorization", "Token", Required: true, "Bearer "), new("x-tenant", "Tenant", Required: false, "")];

    [Fact]
    public void Names_are_canonical_and_undeclared_ones_are_dropped()
    {
        var read = Read((" X-API-Key ", " k1 "), ("Authorization", "t"), ("X-Tenant", ""), ("Cookie", "a=b"));

        read.Headers!.Values.ShouldBe(new Dictionary<string, string> { ["x-api-key"] = "k1", ["authorization"] = "t" }, ignoreOrder: true);
        read.Headers.Names.ShouldBe(["authorization", "x-api-key"]);
        HeaderSetPolicy.Suffices(Declared, read.Headers).ShouldBeTrue();
    }

    [Fact]
    public void Required_names_without_a_value_are_named_and_nothing_is_taken()
    {
        var read = Read(("x-api-key", "  "), ("x-tenant", "acme"));

        read.Headers.ShouldBeNull();
        read.Missing.ShouldBe(["x-api-key", "authorization"]);
        read.Malformed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\r\nX-Admin: 1")]
    [InlineData("a\tb")]
    [InlineData("\tb")]
    [InlineData("a\0b")]
    [InlineData("a\u007fb")]
    [InlineData("ä")]
    public void A_value_that_could_break_a_message_is_refused_and_not_repeated(string value)
    {
        var read = Read(("x-api-key", value), ("authorization", "t"));

        read.Headers.ShouldBeNull();
        read.Malformed.ShouldBe(["x-api-key"]);
        read.Missing.ShouldBeEmpty();
        read.ToString().ShouldBe("refused headers");
    }

    [Fact]
    public void A_name_that_comes_twice_and_a_value_without_end_are_refused()
    {
        Read(("x-api-key", "1"), ("X-Api-Key", "2"), ("authorization", "t")).Malformed.ShouldBe(["x-api-key"]);
        Read(("x-api-key", new string('k', 8193)), ("authorization", "t")).Malformed.ShouldBe(["x-api-key"]);
        Read(("x-api-key", new string('k', 8192)), ("authorization", "t")).Headers.ShouldNotBeNull();
    }

    [Fact]
    public void What_goes_out_has_its_prefix_and_is_declared_today()
    {
        var stored = new HeaderSet { Values = new Dictionary<string, string> { ["authorization"] = "t", ["x-old"] = "stale" } };

        HeaderSetPolicy.Outgoing(Declared, stored).ShouldBe([new("authorization", "Bearer t")]);
        HeaderSetPolicy.Suffices(Declared, stored).ShouldBeFalse();
        stored.ToString().ShouldBe("header set");
    }

    private static HeaderSetReading Read(params (string Name, string Value)[] submitted) =>
        HeaderSetPolicy.Read(Declared, submitted.Select(s => KeyValuePair.Create(s.Name, s.Value)));
}
