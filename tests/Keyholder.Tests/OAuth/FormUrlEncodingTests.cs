using System.Text;
using Keyholder.OAuth;

namespace Keyholder.Tests.OAuth;

public sealed class FormUrlEncodingTests
{
    private static OAuthResult<OAuthParameters> Parse(string form) => FormUrlEncoding.Parse(Encoding.Latin1.GetBytes(form));

    [Theory]
    [InlineData("a=b+c", "b c")]
    [InlineData("a=b%20c", "b c")]
    [InlineData("a=%2B%26%3d", "+&=")]
    [InlineData("a=x=y", "x=y")]
    [InlineData("&&a=1&", "1")]
    [InlineData("a=%C3%A9", "é")]
    [InlineData("%61=1", "1")]
    public void A_well_formed_value_is_decoded(string form, string expected) =>
        Parse(form).Value!["a"].ShouldBe(expected);

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%4g")]
    [InlineData("a=%C3")]
    [InlineData("a=%FF%FE")]
    [InlineData("a=\u00C3\u0028")]
    [InlineData("a=%00")]
    [InlineData("a=b%0D%0AX: y")]
    [InlineData("a\n=b")]
    [InlineData("a=%7f")]
    public void What_a_lenient_reader_would_guess_at_is_refused(string form) =>
        Parse(form).Error!.Code.ShouldBe("invalid_request");

    [Theory]
    [InlineData("a=1&a=1")]
    [InlineData("a=1&%61=2")]
    [InlineData("a&a")]
    [InlineData("unknown=1&unknown=2")]
    [InlineData("a=&a=1")]
    public void A_repeated_name_is_refused_however_it_is_spelled(string form) =>
        Parse(form).Error!.Code.ShouldBe("invalid_request");

    [Fact]
    public void Two_resources_are_an_invalid_target() =>
        Parse("resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb").Error!.Code.ShouldBe("invalid_target");

    [Fact]
    public void An_empty_value_is_as_if_absent() => Parse("scope=&a").Value!["scope"].ShouldBeNull();

    [Fact]
    public void More_parameters_than_any_request_has_are_refused()
    {
        static string Form(int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"p{i}=1"));

        Parse(Form(FormUrlEncoding.MaxParameters)).Failed.ShouldBeFalse();
        Parse(Form(FormUrlEncoding.MaxParameters + 1)).Failed.ShouldBeTrue();
    }
}
