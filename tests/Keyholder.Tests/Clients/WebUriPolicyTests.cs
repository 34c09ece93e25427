using Keyholder.Clients;

namespace Keyholder.Tests.Clients;

public sealed class WebUriPolicyTests
{
    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData("https://app.example.com/privacy?lang=en#data")]
    [InlineData("http://app.example.com/logo.png")]
    public void A_web_url_is_acceptable(string uri) => WebUriPolicy.IsAcceptable(uri).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JAVASCRIPT:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData("data:image/svg+xml,<svg onload=alert(1)>")]
    [InlineData("file:///etc/passwd")]
    [InlineData("vbscript:x")]
    [InlineData("blob:https://app.example.com/1")]
    [InlineData("com.example.app:/logo")]
    [InlineData("vscode://x/logo")]
    [InlineData("//app.example.com/logo.png")]
    [InlineData("/logo.png")]
    [InlineData("https:logo.png")]
    [InlineData("https://app.example.com@evil.example/")]
    [InlineData("https://app.example.com/\"onerror=alert(1)")]
    [InlineData("https://app.example.com/\nx")]
    public void Anything_else_is_not(string? uri) => WebUriPolicy.IsAcceptable(uri).ShouldBeFalse();
}
