using System.Security.Cryptography;
using Keyholder.Mcp;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.Tests.Mcp;

public sealed class McpSessionIdsTests
{
    private const string Resource = "https://keys.example.com/mcp/demo";
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void An_id_comes_back_for_the_one_it_was_issued_to_on_any_node_and_after_a_new_authorization()
    {
        var outward = new McpSessionIds(_key).Wrap(TokenOf("person3", "c1"), Resource, "upstream-1", urlElicitation: false)!;

        new McpSessionIds(_key).TryUnwrap(TokenOf("person3", "c1"), Resource, outward, out var upstream, out _).ShouldBeTrue();
        upstream.ShouldBe("upstream-1");
        outward.All(c => c is >= '!' and <= '~').ShouldBeTrue();
    }

    [Theory]
    [InlineData("person2", "c1", Resource)]
    [InlineData("person3", "c2", Resource)]
    [InlineData("alic", "ec1", Resource)]
    [InlineData("person3", "c1", "https://keys.example.com/mcp/other")]
    public void Another_subject_client_or_resource_cannot_use_it(string user, string client, string resource)
    {
        var ids = new McpSessionIds(_key);
        var outward = ids.Wrap(TokenOf("person3", "c1"), Resource, "upstream-1", urlElicitation: false)!;

        ids.TryUnwrap(TokenOf(user, client), resource, outward, out var upstream, out _).ShouldBeFalse();
        upstream.ShouldBeNull();
    }

    [Fact]
    public void Any_changed_character_any_other_key_and_garbage_are_refused()
    {
        var ids = new McpSessionIds(_key);
        var token = TokenOf("person3", "c1");
        var outward = ids.Wrap(token, Resource, "upstream-1", urlElicitation: false)!;

        for (var i = 0; i < outward.Length; i++)
        {
            var changed = outward[..i] + (outward[i] == 'A' ? 'B' : 'A') + outward[(i + 1)..];
            ids.TryUnwrap(token, Resource, changed, out _, out _).ShouldBeFalse();
        }

        ids.TryUnwrap(token, Resource, outward[..^1], out _, out _).ShouldBeFalse();
        ids.TryUnwrap(token, Resource, outward + "x", out _, out _).ShouldBeFalse();
        new McpSessionIds(RandomNumberGenerator.GetBytes(32)).TryUnwrap(token, Resource, outward, out _, out _).ShouldBeFalse();
        foreach (var garbage in new[] { "", "upstream-1", new string('A', 22), new string('A', 5000) })
        {
            ids.TryUnwrap(token, Resource, garbage, out _, out _).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("with space", false)]
    [InlineData("umläut", false)]
    [InlineData("tab\t", false)]
    [InlineData("~!visible", true)]
    public void Only_visible_ASCII_is_bound(string upstreamId, bool usable) =>
        (new McpSessionIds(_key).Wrap(TokenOf("person3", "c1"), Resource, upstreamId, urlElicitation: false) is not null).ShouldBe(usable);

    [Fact]
    public void Length_is_bounded()
    {
        var ids = new McpSessionIds(_key);
        ids.Wrap(TokenOf("person3", "c1"), Resource, new string('x', 1024), urlElicitation: false).ShouldNotBeNull();
        ids.Wrap(TokenOf("person3", "c1"), Resource, new string('x', 1025), urlElicitation: false).ShouldBeNull();
    }

    private static AccessToken TokenOf(string user, string client) => new()
    {
        Id = "j",
        SessionId = SessionId.Create(),
        Subject = Subject.User(user),
        ClientId = client,
        Audience = Resource,
        Scopes = [],
        IssuedAt = default,
        ExpiresAt = default,
        AuthenticatedAt = default,
    };
}
