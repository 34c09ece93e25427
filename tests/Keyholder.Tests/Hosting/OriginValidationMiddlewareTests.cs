using Keyholder.OAuth;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keyholder.Tests.Hosting;

public sealed class OriginValidationMiddlewareTests
{
    private const string Own = "https://keys.example";
    private const string Friend = "https://app.example";
    private const string Evil = "https://evil.example";

    private static readonly KeyholderConfiguration Configuration = KeyholderConfiguration.Default with { Issuer = new Issuer(Own), AllowedOrigins = [Friend] };

    [Theory]
    [InlineData(null)]
    [InlineData(OriginRule.Own)]
    [InlineData(OriginRule.OwnOrOpaque)]
    [InlineData(OriginRule.Any)]
    [InlineData(OriginRule.Configured)]
    internal async Task Programs_and_own_pages_get_through_everywhere(OriginRule? rule)
    {
        (await SendAsync(rule, "POST")).ShouldBe(200);
        (await SendAsync(rule, "POST", Own)).ShouldBe(200);
    }

    [Theory]
    [InlineData(Evil)]
    [InlineData(Friend)]
    [InlineData("null")]
    [InlineData("http://keys.example")]
    [InlineData("https://keys.example:444")]
    [InlineData("https://keys.example.evil.example")]
    [InlineData("https://KEYS.example")]
    [InlineData("")]
    public async Task A_foreign_page_cannot_post_to_a_route_that_says_nothing(string origin)
    {
        (await SendAsync(null, "POST", origin)).ShouldBe(403);
        (await SendAsync(null, "DELETE", origin)).ShouldBe(403);
        (await SendAsync(null, "OPTIONS", origin)).ShouldBe(403);
        (await SendAsync(null, "GET", origin)).ShouldBe(200);
    }

    [Fact]
    public async Task Two_origins_are_none_even_when_both_are_own() =>
        (await SendAsync(OriginRule.Own, "POST", Own, Own)).ShouldBe(403);

    [Fact]
    public async Task The_opaque_origin_gets_through_only_where_a_token_is_demanded()
    {
        (await SendAsync(OriginRule.OwnOrOpaque, "POST", "null")).ShouldBe(200);
        (await SendAsync(OriginRule.OwnOrOpaque, "POST", Evil)).ShouldBe(403);
        (await SendAsync(OriginRule.Configured, "POST", "null")).ShouldBe(403);
    }

    [Fact]
    public async Task A_resource_is_closed_to_foreign_pages_whatever_the_method()
    {
        (await SendAsync(OriginRule.Configured, "GET", Evil)).ShouldBe(403);
        (await SendAsync(OriginRule.Configured, "POST", Evil)).ShouldBe(403);
        (await SendAsync(OriginRule.Configured, "GET", Friend)).ShouldBe(200);
        (await SendAsync(OriginRule.Configured, "POST", Friend)).ShouldBe(200);
    }

    [Fact]
    public async Task Public_routes_are_open_to_every_page() =>
        (await SendAsync(OriginRule.Any, "POST", Evil)).ShouldBe(200);

    private static async Task<int> SendAsync(OriginRule? rule, string method, params string[] origin)
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Method = method;
        if (origin.Length > 0)
        {
            context.Request.Headers.Origin = origin;
        }

        context.SetEndpoint(new Endpoint(null, rule is { } set ? new(new OriginRuleMetadata(set)) : EndpointMetadataCollection.Empty, null));
        var middleware = new OriginValidationMiddleware(_ => Task.CompletedTask, new ServerAuthority(Configuration.Issuer), Configuration);
        await middleware.InvokeAsync(context);
        return context.Response.StatusCode;
    }
}
