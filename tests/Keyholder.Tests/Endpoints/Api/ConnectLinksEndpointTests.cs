using System.Net;
using Keyholder.Audit;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Authorization;
using Keyholder.Users;
using Keyholder.Vault;
using Keyholder.VirtualKeys;

namespace Keyholder.Tests.Endpoints.Api;

/// <summary>Resource <c>files</c> needs <c>cloud</c>, can use <c>extra</c> and <c>lent</c> (each session its own) and <c>shared</c>; <c>open</c> asks nobody to sign in.</summary>
public sealed class ConnectLinksEndpointTests : IAsyncLifetime
{
    private const string Post = "/api/credentials/connect";
    private const string List = "/api/credentials/connectable";

    private static readonly RequestOrigin Nowhere = new(null, null);
    private ApiHost _host = null!;
    private User _person1 = null!;
    private string _token = "";
    private string _admin = "";
    private string _keyId = "";

    public async ValueTask InitializeAsync()
    {
        var cloud = AuthorizationSamples.Cloud;
        var extra = cloud with { Name = "extra", DisplayName = "Extra", Kind = ProviderKind.Headers, Issuer = null, Headers = [new("x-api-key", "API key", true, "")] };
        var lent = cloud with { Name = "lent", Owner = ProviderOwner.Session };
        var shared = cloud with { Name = "shared", Owner = ProviderOwner.Shared };
        var files = AuthorizationSamples.Resource("files", ResourceAuthKind.Credentials, "http://localhost:7717") with
        {
            Providers = [new(cloud), new(extra, Required: false), new(lent, Required: false), new(shared)],
        };
        var open = AuthorizationSamples.Resource("open", ResourceAuthKind.Credentials, "http://localhost:7717") with { Subject = ResourceSubject.Session, Providers = [new(cloud)] };
        _host = await ApiHost.StartAsync(configure: configuration => configuration with { Resources = new ResourceSnapshot([files, open], [cloud, extra, lent, shared]) });
        _person1 = await _host.AddUserAsync("person1");
        _token = await _host.TokenAsync(_person1, ApiResource.CredentialsScope);
        _admin = await _host.AdminTokenAsync();
        var (_, key, _) = await _host.Get<VirtualKeyRegistry>().CreateAsync("agent", _person1.Id, null, "system", Nowhere, default);
        _keyId = key.Id;
        await _host.Get<GrantRegistry>().PutAsync(_keyId, new Grant("files", null), "system", Nowhere);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("files", "extra")]
    [InlineData("http://localhost:7717/mcp/files", "cloud")]
    public async Task A_user_gets_the_link_to_what_was_skipped_or_is_missing(string resource, string provider)
    {
        var answer = await _host.SendAsync(HttpMethod.Post, Post, _token, $$"""{"provider":"{{provider}}","resource":"{{resource}}"}""");

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Body);
        answer.Json.GetProperty("url").GetString().ShouldStartWith("http://localhost:7717/connect/");
        answer.Json.GetProperty("expires_in").GetInt32().ShouldBe(600);
    }

    [Theory]
    [InlineData("""{"provider":"shared"}""", "api.scope_insufficient")]
    [InlineData("""{"provider":"shared","resource":"files"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"lent","resource":"files"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"cloud","resource":"open"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"cloud","resource":"gone"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"cloud","resource":"http://localhost:7717/api"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"gone","resource":"files"}""", "api.parameter_invalid")]
    [InlineData("""{"provider":"cloud","resource":"files","virtual_key_id":"gone"}""", "api.virtual_key_unknown")]
    public async Task There_is_no_link_for_what_the_user_cannot_connect(string body, string error)
    {
        (await _host.SendAsync(HttpMethod.Post, Post, _token, body)).ErrorId.ShouldBe(error);
    }

    [Fact]
    public async Task A_link_for_a_key_is_for_its_owner_and_administrators_to_ask_for_and_others_know_of_no_such_key()
    {
        var body = $$"""{"provider":"lent","resource":"files","virtual_key_id":"{{_keyId}}"}""";
        var stranger = await _host.TokenAsync(await _host.AddUserAsync("person2"), ApiResource.CredentialsScope);

        (await _host.SendAsync(HttpMethod.Post, Post, _token, body)).Status.ShouldBe(HttpStatusCode.Created);
        (await _host.SendAsync(HttpMethod.Post, Post, _admin, body)).Status.ShouldBe(HttpStatusCode.Created);
        var refused = await _host.SendAsync(HttpMethod.Post, Post, stranger, body);
        (refused.Status, refused.ErrorId).ShouldBe((HttpStatusCode.NotFound, "api.virtual_key_unknown"));
        (await _host.GetAsync($"{List}?virtual_key_id={_keyId}", stranger)).ErrorId.ShouldBe("api.virtual_key_unknown");
        (await _host.SendAsync(HttpMethod.Post, Post, _admin, """{"provider":"cloud","resource":"files"}""")).ErrorId.ShouldBe("api.parameter_invalid");
        (await _host.SendAsync(HttpMethod.Post, Post, _token, body.Replace("files", "open", StringComparison.Ordinal).Replace("lent", "cloud", StringComparison.Ordinal))).ErrorId.ShouldBe("api.parameter_invalid");

        await _host.Get<GrantRegistry>().RemoveAsync(_keyId, "files", "system", Nowhere);
        _host.Get<VirtualKeyAccesses>().ForgetAll();
        (await _host.SendAsync(HttpMethod.Post, Post, _token, body)).ErrorId.ShouldBe("api.parameter_invalid");
        Pairs(await _host.GetAsync($"{List}?virtual_key_id={_keyId}", _token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_can_be_connected_and_is_not_is_listed_until_it_is()
    {
        Pairs(await _host.GetAsync(List, _token)).ShouldBe(["files/cloud/oauth/True", "files/extra/headers/False"]);
        Pairs(await _host.GetAsync($"{List}?virtual_key_id={_keyId}", _admin)).ShouldBe(["files/cloud/oauth/True", "files/extra/headers/False", "files/lent/oauth/False"]);

        await _host.Get<CredentialVault>().StoreAsync(new(CredentialOwner.Of(Subject.User(_person1.Id)), "cloud"), new TokenSet { AccessToken = "canary", TokenType = "Bearer" }, null, null, default);

        var left = await _host.GetAsync(List, _token);
        Pairs(left).ShouldBe(["files/extra/headers/False"]);
        left.Body.ShouldNotContain("canary");
        (await _host.GetAsync(List, _admin)).ErrorId.ShouldBe("api.parameter_invalid");
        (await _host.GetAsync(List + "?user_id=x", _token)).ErrorId.ShouldBe("api.parameter_invalid");
    }

    [Fact]
    public async Task Both_need_the_scope_for_credentials()
    {
        var other = await _host.TokenAsync(_person1, ApiResource.SessionsScope);

        (await _host.SendAsync(HttpMethod.Post, Post, other, """{"provider":"cloud","resource":"files"}""")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.GetAsync(List, other)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _host.GetAsync(List, null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static List<string> Pairs(ApiAnswer answer)
    {
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        return [.. answer.Json.GetProperty("connectable").EnumerateArray().Select(entry =>
            $"{entry.GetProperty("resource").GetString()}/{entry.GetProperty("provider").GetString()}/{entry.GetProperty("kind").GetString()}/{entry.GetProperty("required").GetBoolean()}")];
    }
}
