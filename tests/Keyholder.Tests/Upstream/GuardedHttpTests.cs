using System.Net;
using System.Net.Sockets;
using System.Text;
using Keyholder.Resources;
using Keyholder.Tests.Testing;
using Keyholder.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Upstream;

public sealed class GuardedHttpTests : IAsyncDisposable
{
    private static readonly UpstreamOptions Options = new() { MaxResponseBytes = 4096 };
    private readonly ManualTimeProvider _time = new();
    private readonly List<IPEndPoint> _dialed = [];
    private WebApplication? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("http://idp.example/x")]
    [InlineData("https://user:pass@idp.example/x")]
    [InlineData("https://idp.example/x#fragment")]
    [InlineData("ftp://idp.example/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/relative")]
    public async Task A_URI_that_is_not_plain_https_is_refused_before_anything_is_resolved(string uri)
    {
        var resolver = new FixedResolver();
        using var http = new GuardedHttp(Options, resolver, _time);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(uri, UriKind.RelativeOrAbsolute));

        (await http.SendAsync(request, TrustedOrigins.None, default)).Outcome.ShouldBe(GuardedOutcome.Refused);
        resolver.Asked.ShouldBe(0);
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    public async Task An_inner_address_is_refused_however_it_is_written(string uri)
    {
        var resolver = new FixedResolver();
        (await GetAsync(resolver, uri)).Outcome.ShouldBe(GuardedOutcome.Refused);

        resolver.Asked.ShouldBe(0);
        _dialed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_resolves_to_an_inner_address_is_refused_even_among_public_ones()
    {
        (await GetAsync(new FixedResolver("10.0.0.7"), "https://idp.example/")).Outcome.ShouldBe(GuardedOutcome.Refused);
        (await GetAsync(new FixedResolver("8.8.8.8", "::1"), "https://idp.example/")).Outcome.ShouldBe(GuardedOutcome.Refused);

        _dialed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_changes_its_address_after_the_check_gains_nothing()
    {
        var resolver = new FixedResolver("8.8.8.8") { Then = ["127.0.0.1"] };

        (await GetAsync(resolver, "https://rebinding.example:8443/")).Outcome.ShouldBe(GuardedOutcome.Unreachable);

        resolver.Asked.ShouldBe(1);
        _dialed.ShouldBe([IPEndPoint.Parse("8.8.8.8:8443")]);
        (await GetAsync(resolver, "https://rebinding.example:8443/")).Outcome.ShouldBe(GuardedOutcome.Refused);
        _dialed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_next_checked_address_is_tried_when_one_is_dead_and_no_name_is_unreachable()
    {
        (await GetAsync(new FixedResolver("8.8.8.8", "2606:4700::1"), "https://idp.example/")).Outcome.ShouldBe(GuardedOutcome.Unreachable);
        (await GetAsync(new FixedResolver(), "https://idp.example/")).Outcome.ShouldBe(GuardedOutcome.Unreachable);

        _dialed.ShouldBe([IPEndPoint.Parse("8.8.8.8:443"), IPEndPoint.Parse("[2606:4700::1]:443")]);
    }

    [Fact]
    public void Only_the_exact_configured_origin_is_trusted()
    {
        var trusted = TrustedOrigins.Of(Providers.OAuth2() with { Issuer = "https://idp.example", TokenEndpoint = new Uri("http://localhost:9000/token") });

        trusted.Contains(new Uri("https://IDP.example:443/any/path")).ShouldBeTrue();
        trusted.Contains(new Uri("http://localhost:9000/other")).ShouldBeTrue();
        trusted.Contains(new Uri("https://idp.example:8443/")).ShouldBeFalse();
        trusted.Contains(new Uri("http://idp.example/")).ShouldBeFalse();
        trusted.Contains(new Uri("https://idp.example.evil.example/")).ShouldBeFalse();
        trusted.Contains(new Uri("https://sub.idp.example/")).ShouldBeFalse();
        trusted.Allows(new Uri("http://localhost:9001/")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_configured_origin_may_be_private_and_is_answered_whole()
    {
        var provider = await ServeAsync(context => context.Response.WriteAsync("hello"));

        var response = await GetAsync(provider);

        response.Outcome.ShouldBe(GuardedOutcome.Answered);
        response.Status.ShouldBe(HttpStatusCode.OK);
        Encoding.ASCII.GetString(response.Body).ShouldBe("hello");
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_never_followed()
    {
        var asked = 0;
        var provider = await ServeAsync(context =>
        {
            asked++;
            context.Response.Redirect("http://169.254.169.254/");
            context.Response.Headers.SetCookie = "tracking=1";
            return Task.CompletedTask;
        });

        (await GetAsync(provider)).Status.ShouldBe(HttpStatusCode.Redirect);
        asked.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_given_up_whether_or_not_it_says_its_length(bool says)
    {
        var provider = await ServeAsync(async context =>
        {
            context.Response.ContentLength = says ? 4097 : null;
            await context.Response.Body.WriteAsync(new byte[4097]);
        });

        (await GetAsync(provider)).Outcome.ShouldBe(GuardedOutcome.TooLarge);
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked()
    {
        var provider = await ServeAsync(async context =>
        {
            context.Request.Headers.AcceptEncoding.Count.ShouldBe(0);
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(new byte[] { 0x1f, 0x8b, 8 });
        });

        (await GetAsync(provider)).Body.ShouldBe([0x1f, 0x8b, 8]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_stalls_before_or_inside_its_answer_is_given_up_in_time(bool headersFirst)
    {
        var reached = new TaskCompletionSource();
        var provider = await ServeAsync(async context =>
        {
            if (headersFirst)
            {
                await context.Response.Body.WriteAsync(new byte[1]);
                await context.Response.Body.FlushAsync();
            }

            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, context.RequestAborted);
        });

        var pending = GetAsync(provider);
        await reached.Task;
        _time.Advance(Options.Timeout);

        (await pending).Outcome.ShouldBe(GuardedOutcome.TimedOut);
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown_and_not_an_outcome()
    {
        var reached = new TaskCompletionSource();
        var provider = await ServeAsync(async context =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, context.RequestAborted);
        });
        using var cancel = new CancellationTokenSource();

        var pending = GetAsync(provider, cancel.Token);
        await reached.Task;
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => pending);
    }

    [Theory]
    [InlineData("7", 7d)]
    [InlineData("Tue, 01 Jan 2030 00:00:09 GMT", 9d)]
    [InlineData("Tue, 01 Jan 2019 00:00:00 GMT", 0d)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    public async Task Retry_after_is_read_as_seconds_or_date(string header, double? seconds)
    {
        using var http = new GuardedHttp(Options, new ScriptedHandler(Answer), new ScriptedHandler(Answer), _time);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://idp.example/");

        var response = await http.SendAsync(request, TrustedOrigins.None, default);

        response.RetryAfter.ShouldBe(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value));

        HttpResponseMessage Answer(ScriptedRequest scripted)
        {
            var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            answer.Headers.TryAddWithoutValidation("Retry-After", header);
            return answer;
        }
    }

    private async Task<GuardedResponse> GetAsync(IHostResolver resolver, string uri)
    {
        var connector = new GuardedConnector(resolver, (endPoint, _) =>
        {
            _dialed.Add(endPoint);
            throw new SocketException((int)SocketError.ConnectionRefused);
        });
        using var http = new GuardedHttp(Options, new ScriptedHandler(_ => ScriptedHandler.Status(HttpStatusCode.Gone)), GuardedHttp.Handler(Options, connector), _time);
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        return await http.SendAsync(request, TrustedOrigins.None, default);
    }

    private async Task<GuardedResponse> GetAsync(Provider provider, CancellationToken cancellationToken = default)
    {
        using var http = new GuardedHttp(Options, new FixedResolver(), _time);
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.Issuer);
        return await http.SendAsync(request, TrustedOrigins.Of(provider), cancellationToken);
    }

    private async Task<Provider> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(answer);
        await _server.StartAsync();
        return Providers.OAuth2() with { Issuer = _server.Urls.Single() };
    }

    private sealed class FixedResolver(params string[] addresses) : IHostResolver
    {
        public int Asked { get; private set; }

        public string[]? Then { get; set; }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult((Asked > 1 && Then is not null ? Then : addresses).Select(IPAddress.Parse).ToArray());
        }
    }
}
