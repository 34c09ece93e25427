using Keyholder.Authorization.Device;

namespace Keyholder.Tests.Authorization.Device;

public sealed class UserCodeTests
{
    [Fact]
    public void Codes_are_eight_letters_that_cannot_be_misread_and_no_two_are_alike()
    {
        var codes = Enumerable.Range(0, 1000).Select(_ => UserCode.Create()).ToList();

        codes.ShouldAllBe(code => code.Length == 8 && code.All(letter => "BCDFGHJKLMNPQRSTVWXZ".Contains(letter, StringComparison.Ordinal)));
        codes.Distinct().Count().ShouldBe(1000);
        codes.SelectMany(code => code).Distinct().Count().ShouldBe(20);
    }

    [Theory]
    [InlineData("BCDF-GHJK")]
    [InlineData("bcdf-ghjk")]
    [InlineData("bcdfghjk")]
    [InlineData(" b c d f - g h j k ")]
    [InlineData("BCD-FGH-JK")]
    public void Case_hyphens_and_spaces_do_not_matter(string typed)
    {
        UserCode.TryParse(typed, out var code).ShouldBeTrue();

        code.ShouldBe("BCDFGHJK");
        UserCode.Display(code!).ShouldBe("BCDF-GHJK");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("BCDF-GHJ")]
    [InlineData("BCDF-GHJKL")]
    [InlineData("BCDF-GHJA")]
    [InlineData("BCDF-GHJ1")]
    [InlineData("BCDF_GHJK")]
    [InlineData("BCDF-GHJ\u212A")] // KELVIN SIGN, whose lower case is k
    [InlineData("ＢCDF-GHJK")]
    [InlineData("BCDF-GHJK\0")]
    [InlineData("---------------------------------BCDFGHJK")]
    public void Anything_else_is_no_code(string? typed) => UserCode.TryParse(typed, out _).ShouldBeFalse();
}
