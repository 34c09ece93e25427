using Keyholder.Clients;

namespace Keyholder.Tests.Clients;

public sealed class RedirectUriPolicyTests
{
    [Theory]
    [InlineData("https://app.example.com/callback")]
    [InlineData("https://app.example.com:8443/callback?from=mcp&x=a%2Fb")]
    [InlineData("https://app.example.com")]
    [InlineData("https://xn--bcher-kva.example/cb")]
    [InlineData("https://203.0.113.7/cb")]
    [InlineData("https://[2001:db8::1]:444/cb")]
    [InlineData("https://localhost/cb")]
    [InlineData("http://localhost:3118/callback")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://127.0.0.1:65535/callback?x=..%2f")]
    [InlineData("http://[::1]:1/")]
    public void An_https_uri_and_a_loopback_uri_can_be_registered(string uri) =>
        RedirectUriPolicy.Refusal(uri, allowPrivateUseSchemes: false).ShouldBeNull();

    [Theory]
    [InlineData("cursor://anysphere.cursor-retrieval/oauth/user-server/callback")]
    [InlineData("vscode://vscode.github-authentication/did-authenticate?windowId=1")]
    [InlineData("vscode-insiders://vscode.github-authentication/did-authenticate")]
    [InlineData("com.example.app:/oauth/callback")]
    [InlineData("com.example.app://oauth/callback")]
    public void A_private_use_scheme_needs_the_operators_switch(string uri)
    {
        RedirectUriPolicy.Refusal(uri, allowPrivateUseSchemes: true).ShouldBeNull();
        RedirectUriPolicy.Refusal(uri, allowPrivateUseSchemes: false).ShouldNotBeNull();
    }

    public static TheoryData<string> Hostile() =>
    [
        "",
        "/callback",
        "callback",
        "//evil.example/cb",
        "https:",
        "https:/evil.example/cb",
        "https:evil.example/cb",
        "https:///cb",
        "https://?x",
        "https://:443/cb",
        // Schemes that run or read something, in every disguise.
        "javascript:alert(1)",
        "javascript://localhost/%0aalert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript://localhost/",
        "\u0001javascript:alert(1)",
        "javascript&colon;alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "DATA:text/html;base64,PHNjcmlwdD4=",
        "file:///etc/passwd",
        "FILE://localhost/etc/passwd",
        "vbscript:msgbox(1)",
        "VbScript://x/",
        "blob:https://app.example.com/0b1c",
        "blob://x/",
        "about:blank",
        "view-source:https://app.example.com/",
        "ftp://app.example.com/cb",
        "ws://localhost/cb",
        "mailto:a@example.com",
        "intent://app.example.com/cb",
        "urn:ietf:wg:oauth:2.0:oob",
        "notepad://x/cb",
        ".com://x/cb",
        "com..example://x/cb",
        "com.example.:/cb",
        "com.example.app:opaque",
        // http that only looks local.
        "http://app.example.com/cb",
        "http://localhost.evil.example/cb",
        "http://localhost./cb",
        "http://LOCALHOST/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.1/cb",
        "http://127.0.0.2/cb",
        "http://0x7f.0.0.1/cb",
        "http://2130706433/cb",
        "http://0177.0.0.1/cb",
        "http://0.0.0.0/cb",
        "http://[::]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[::1%25lo]/cb",
        "http://[::1]evil.example/cb",
        "http://[::1/cb",
        "HTTP://localhost/cb",
        "HTTPS://app.example.com/cb",
        // Userinfo and other ways to show one host and go to another.
        "https://app.example.com@evil.example/cb",
        "https://user:password@app.example.com/cb",
        "https://@app.example.com/cb",
        "http://localhost:80@evil.example/cb",
        "http://localhost%40evil.example/cb",
        @"https://app.example.com\@evil.example/cb",
        @"https://app.example.com\cb",
        @"http:\\localhost\cb",
        "https://app.example.com%2fevil.example/cb",
        "https://app%2eexample.com/cb",
        "https://app..example.com/cb",
        "https://.example.com/cb",
        "https://app.example.com./cb",
        "https://app.-example.com/cb",
        "https://app.example-/cb",
        "https://app_example,com/cb",
        "https://0x7f.1/cb",
        "https://1.2.3/cb",
        "https://[v1.x]/cb",
        "https://*.example.com/cb",
        // Ports.
        "https://app.example.com:/cb",
        "https://app.-example.com/cb",
        "https://app.example-/cb",
        "https://app.example.com:0/cb",
        "https://app.example.com:65536/cb",
        "https://app.example.com:443443/cb",
        "https://app.example.com:0443/cb",
        "https://app.example.com:+443/cb",
        "http://localhost:80:80/cb",
        // Fragments.
        "https://app.example.com/cb#",
        "https://app.example.com/cb#x",
        "http://localhost#@evil.example/",
        "com.example.app:/cb#x",
        // Dot segments in every spelling.
        "https://app.example.com/../cb",
        "https://app.example.com/a/./cb",
        "https://app.example.com/a/..",
        "https://app.example.com/a/%2e%2e/cb",
        "https://app.example.com/a/.%2E/cb",
        "https://app.example.com/a%2f..%2fcb",
        "https://app.example.com/a%5c..%5ccb",
        // Characters no URI has.
        "https://app.example.com/c b",
        "https://app.example.com/cb ",
        " https://app.example.com/cb",
        "https://app.example.com/\tcb",
        "https://app.example.com/cb\r\nLocation: https://evil.example",
        "https://app.example.com/cb\0",
        "https://app.example.com/cb%0d%0aLocation:x",
        "https://app.example.com/%00",
        "https://app.example.com/%7f",
        "https://app.example.com/%",
        "https://app.example.com/%2",
        "https://app.example.com/%zz",
        "https://bücher.example/cb",
        "https://app.example.com/ü",
        "https://еxample.com/cb",
        "https://app.example.com／@evil.example/",
        "https://app.example.com/<script>",
        "https://app.example.com/\"onload",
        "https://app.example.com/{x}",
        "https://app.example.com/a[0]",
        "https://app.example.com/" + new string('a', 2048),
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_redirect_uri_is_refused_whatever_the_switch_says(string uri)
    {
        RedirectUriPolicy.Refusal(uri, allowPrivateUseSchemes: false).ShouldNotBeNull();
        var refusal = RedirectUriPolicy.Refusal(uri, allowPrivateUseSchemes: true).ShouldNotBeNull();
        refusal.ShouldAllBe(c => c >= ' ' && c <= '~');
        (uri.Length > 12 && refusal.Contains(uri, StringComparison.Ordinal)).ShouldBeFalse("the refusal must not reflect the URI");
    }

    [Fact]
    public void A_redirect_uri_may_have_2048_characters_and_no_more()
    {
        var longest = "https://app.example.com/".PadRight(RedirectUriPolicy.MaxLength, 'a');

        RedirectUriPolicy.Refusal(longest, allowPrivateUseSchemes: false).ShouldBeNull();
        RedirectUriPolicy.Refusal(longest + "a", allowPrivateUseSchemes: false).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("http://localhost:3118/cb", "http://localhost:50123/cb")]
    [InlineData("http://localhost/cb", "http://localhost:50123/cb")]
    [InlineData("http://localhost:3118/cb", "http://localhost/cb")]
    [InlineData("http://127.0.0.1:3118/cb?a=b", "http://127.0.0.1:1/cb?a=b")]
    [InlineData("http://[::1]:3118/", "http://[::1]:65535/")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:9")]
    public void A_public_client_may_use_any_port_of_its_loopback_host(string registered, string requested)
    {
        RedirectUriPolicy.IsRegistered(TestClients.Public(registered), requested).ShouldBeTrue();
        RedirectUriPolicy.IsRegistered(TestClients.Confidential("s", redirectUri: registered), requested).ShouldBeFalse();
        RedirectUriPolicy.IsRegistered(TestClients.Confidential("s", redirectUri: registered), registered).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://localhost:3118/cb", "http://127.0.0.1:3118/cb")]
    [InlineData("http://127.0.0.1:3118/cb", "http://localhost:3118/cb")]
    [InlineData("http://127.0.0.1:3118/cb", "http://[::1]:3118/cb")]
    [InlineData("http://localhost:3118/cb", "https://localhost:3118/cb")]
    [InlineData("http://localhost:3118/cb", "http://LOCALHOST:3118/cb")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118/cb/")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118/CB")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118/cb?x=1")]
    [InlineData("http://localhost:3118/cb?x=1", "http://localhost:3119/cb?x=2")]
    [InlineData("http://localhost:3118/a/cb", "http://localhost:3118/a%2Fcb")]
    [InlineData("http://localhost:3118/a%2Fcb", "http://localhost:3119/a%2fcb")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118/%63b")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118/x/../cb")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118/cb#x")]
    [InlineData("http://localhost:3118", "http://localhost:3118/")]
    [InlineData("http://localhost:3118/cb", "http://localhost:/cb")]
    [InlineData("http://localhost:3118/cb", "http://localhost:99999/cb")]
    [InlineData("http://localhost:3118/cb", "http://localhost:1@evil.example/cb")]
    [InlineData("http://localhost:3118/cb", "http://evil.example#@localhost:3118/cb")]
    [InlineData("http://localhost:3118/cb", "http://localhost:3118\\@evil.example/cb")]
    [InlineData("https://app.example.com/cb", "https://app.example.com:443/cb")]
    [InlineData("https://app.example.com/cb", "https://app.example.com:8443/cb")]
    [InlineData("https://app.example.com/cb", "https://app.example.com/cb/evil")]
    [InlineData("https://app.example.com/cb", "https://app.example.com/cb?next=evil")]
    [InlineData("https://app.example.com/cb", "https://APP.example.com/cb")]
    [InlineData("https://localhost:3118/cb", "https://localhost:3119/cb")]
    [InlineData("vscode://host:1/cb", "vscode://host:2/cb")]
    public void Nothing_but_the_loopback_port_may_differ(string registered, string requested) =>
        RedirectUriPolicy.IsRegistered(TestClients.Public(registered), requested).ShouldBeFalse();

    [Theory]
    [InlineData("https://App.Example.com/cb", "app.example.com")]
    [InlineData("https://gooqIe.example/cb", "gooqie.example")]
    [InlineData("https://app.example.com:8443/cb?x", "app.example.com:8443")]
    [InlineData("https://[2001:DB8::1]/cb", "[2001:db8::1]")]
    [InlineData("http://localhost:3118/cb", "localhost")]
    [InlineData("http://127.0.0.1:3118/cb", "127.0.0.1")]
    [InlineData("http://[::1]:3118/cb", "[::1]")]
    [InlineData("https://localhost:3118/cb", "localhost:3118")]
    [InlineData("cursor://anysphere.cursor-retrieval/oauth", "cursor://anysphere.cursor-retrieval")]
    [InlineData("com.example.app:/oauth", "com.example.app:")]
    public void The_redirect_host_names_where_the_answer_goes(string uri, string host) =>
        RedirectUriPolicy.RedirectHost(uri).ShouldBe(host);

    [Fact]
    public void A_uri_that_was_never_checked_has_no_redirect_host() =>
        Should.Throw<ArgumentException>(() => RedirectUriPolicy.RedirectHost("https://app.example.com@evil.example/"));
}
