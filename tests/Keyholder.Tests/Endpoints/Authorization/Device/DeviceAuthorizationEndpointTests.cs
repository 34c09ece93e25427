using System.Net;
using System.Text.Json;
using Keyholder.Clients;
using Keyholder.Tests.Authorization;
using AuthorizationOptions = Keyholder.Authorization.AuthorizationOptions;

namespace Keyholder.Tests.Endpoints.Authorization.Device;

public sealed class DeviceAuthorizationEndpointTests
{
    [Fact]
    public async Task A_device_learns_its_codes_where_to_send_the_person_and_how_to_wait()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;

        var answer = await device.AskAsync(("resource", AuthorizationHost.NotesUri), ("scope", "notes:read offline_access"));

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Headers.ShouldContain("no-store");
        using var json = JsonDocument.Parse(answer.Body);
        var root = json.RootElement;
        root.GetProperty("device_code").GetString().ShouldStartWith("kh_dc_");
        var userCode = root.GetProperty("user_code").GetString()!;
        userCode.ShouldMatch("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$");
        root.GetProperty("verification_uri").GetString().ShouldBe(AuthorizationHost.Issuer + "/device");
        root.GetProperty("verification_uri_complete").GetString().ShouldBe($"{AuthorizationHost.Issuer}/device?user_code={userCode}");
        root.GetProperty("expires_in").GetInt32().ShouldBe(600);
        root.GetProperty("interval").GetInt32().ShouldBe(5);
    }

    [Theory]
    [InlineData("scope", "notes:unknown", "invalid_scope")]
    [InlineData("scope", "files:read", "invalid_scope")]
    [InlineData("resource", "https://other.example", "invalid_target")]
    [InlineData("resource", null, "invalid_target")]
    [InlineData("client_id", "nobody", "invalid_client")]
    [InlineData("client_id", null, "invalid_request")]
    [InlineData("client_id", "client-1", "unauthorized_client")]
    public async Task What_the_authorization_endpoint_would_refuse_is_refused(string name, string? value, string error)
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        List<(string, string?)> form = [("resource", AuthorizationHost.NotesUri), ("scope", "notes:read")];
        form.RemoveAll(pair => pair.Item1 == name);

        (await device.AskAsync([.. form, (name, value)])).Error.ShouldBe(error);
    }

    [Fact]
    public async Task A_repeated_parameter_and_one_in_the_url_are_refused()
    {
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;

        (await device.AskAsync(("resource", AuthorizationHost.NotesUri), ("scope", "notes:read"), ("scope", "notes:write"))).Error.ShouldBe("invalid_request");
        (await device.PostAsync("/device_authorization?client_id=tv", [("resource", AuthorizationHost.NotesUri)])).Error.ShouldBe("invalid_request");
    }

    [Fact]
    public async Task A_confidential_client_has_to_authenticate()
    {
        const string Secret = "a-secret-of-the-client-that-nobody-knows";
        var (host, device) = await TestDevice.StartAsync();
        await using var _ = host;
        host.Clients[TestDevice.ClientId] = TestDevice.Client with { TokenEndpointAuthMethod = ClientAuthMethods.SecretPost, SecretHash = ClientSecret.Hash(Secret) };

        (await device.AskAsync(("resource", AuthorizationHost.NotesUri))).Error.ShouldBe("invalid_client");
        (await device.AskAsync(("resource", AuthorizationHost.NotesUri), ("client_secret", Secret))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_address_begins_so_often_a_minute()
    {
        var (host, device) = await TestDevice.StartAsync(new AuthorizationOptions { RequestsPerAddressPerMinute = 2 });
        await using var _ = host;

        (await device.AskAsync(("resource", AuthorizationHost.NotesUri))).Status.ShouldBe(HttpStatusCode.OK);
        var refused = await device.AskAsync(("resource", AuthorizationHost.NotesUri));
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.ShouldContain("Retry-After: 60");
    }

    [Fact]
    public async Task A_client_without_the_grant_has_no_business_at_the_authorization_endpoint_without_a_redirect()
    {
        var (host, _) = await TestDevice.StartAsync();
        await using var __ = host;
        using var browser = host.CreateBrowser();

        (await browser.AuthorizeAsync(("client_id", TestDevice.ClientId), ("redirect_uri", null))).ErrorId.ShouldBe("authorize_redirect_uri_missing");
        (await browser.AuthorizeAsync(("client_id", TestDevice.ClientId), ("redirect_uri", AuthorizationSamples.RedirectUri))).ErrorId.ShouldBe("authorize_redirect_uri_mismatch");
    }
}
