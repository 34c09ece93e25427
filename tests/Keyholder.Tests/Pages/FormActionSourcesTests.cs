using Keyholder.Server.Pages;
using Keyholder.Tests.Authorization;

namespace Keyholder.Tests.Pages;

public sealed class FormActionSourcesTests
{
    [Theory]
    [InlineData("https://app.example.com/cb?x=1", "https://app.example.com")]
    [InlineData("https://app.example.com:8443/cb", "https://app.example.com:8443")]
    [InlineData("http://localhost:50123/cb", "http://localhost:50123")]
    [InlineData("http://127.0.0.1:50123/cb", "http://127.0.0.1:50123")]
    [InlineData("http://[::1]:50123/cb", "http:")]
    [InlineData("cursor://auth/cb", "cursor:")]
    public void A_form_may_lead_to_the_clients_redirect_origin_and_no_further(string redirectUri, string source) =>
        FormActionSources.For(redirectUri, []).ShouldBe([source]);

    [Fact]
    public void A_provider_that_may_follow_is_named_too() =>
        FormActionSources.For("https://app.example.com/cb", [AuthorizationSamples.Cloud]).ShouldBe(["https://app.example.com", "https://cloud.example"]);

    [Theory]
    [InlineData("https://app.example.com;script-src/cb")]
    [InlineData("https://a'unsafe-inline'.example/cb")]
    public void Nothing_in_a_redirect_uri_becomes_a_directive(string redirectUri) =>
        FormActionSources.For(redirectUri, []).ShouldAllBe(source => !source.Contains(';') && !source.Contains('\'') && !source.Contains(' '));
}
