using System.Net;
using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Tests.Endpoints.Api;

public sealed class AuditEndpointTests
{
    [Fact]
    public async Task The_trail_is_paged_from_the_latest_event_back()
    {
        await using var host = await ApiHost.StartAsync();
        var token = await host.AdminTokenAsync();
        for (var i = 0; i < 4; i++)
        {
            await host.Get<IAuditStore>().AppendAsync(new AuditEvent { At = host.Now, Action = "a", Actor = "user:u", Target = $"t{i}", Reason = "r", RemoteAddress = "::1", RequestId = "q" }, default);
        }

        var pages = await host.PagesAsync("/api/audit?limit=2", token);

        pages.Select(page => page.Count).ShouldBe([2, 2, 1]);
        pages.SelectMany(page => page).ShouldBeUnique();
        var first = (await host.GetAsync("/api/audit?limit=1&action=a&actor=user:u&target=t3", token)).Json.GetProperty("events")[0];
        first.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "at", "action", "actor", "target", "reason", "remote_address", "request_id"]);
        first.GetProperty("target").GetString().ShouldBe("t3");
        (await host.GetAsync("/api/audit?action=b", token)).Ids.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=abc")]
    [InlineData("cursor=-1")]
    [InlineData("cursor=x")]
    [InlineData("cursor=99999999999999999999")]
    [InlineData("q=x")]
    public async Task A_parameter_that_is_not_understood_is_400(string query)
    {
        await using var host = await ApiHost.StartAsync();

        var answer = await host.GetAsync("/api/audit?" + query, await host.AdminTokenAsync());

        (answer.Status, answer.ErrorId).ShouldBe((HttpStatusCode.BadRequest, "api.parameter_invalid"));
    }
}
