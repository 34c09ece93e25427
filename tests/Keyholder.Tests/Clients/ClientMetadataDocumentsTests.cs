using System.Net;
using System.Net.Http.Headers;
using Keyholder.Clients;
using Keyholder.Tests.Testing;
using Keyholder.Tests.Upstream;

namespace Keyholder.Tests.Clients;

public sealed class ClientMetadataDocumentsTests
{
    private readonly ManualTimeProvider _time = new(TestClients.Created);
    private Func<HttpResponseMessage> _answer = () => ScriptedHandler.Json(TestDocuments.Json());

    [Fact]
    public async Task A_document_is_fetched_once_and_answered_from_memory_while_it_is_fresh()
    {
        var (documents, handler) = Create();

        for (var i = 0; i < 3; i++)
        {
            (await Find(documents)).ShouldNotBeNull().Name.ShouldBe("Example app");
        }

        handler.Requests.Single().Uri.OriginalString.ShouldBe(TestDocuments.Url);
    }

    [Theory]
    [InlineData("max-age=3600", null, 3600)]
    [InlineData("max-age=3600", "600", 3000)]
    [InlineData("max-age=0", null, 60)]
    [InlineData("no-store", null, 60)]
    [InlineData("no-cache, max-age=3600", null, 60)]
    [InlineData("max-age=31536000", null, 86400)]
    [InlineData("public", null, 600)]
    [InlineData(null, null, 600)]
    [InlineData("max-age=10", "500", 60)]
    public async Task Its_freshness_is_what_the_headers_say_between_a_minute_and_a_day(string? control, string? age, int seconds)
    {
        _answer = () =>
        {
            var response = ScriptedHandler.Json(TestDocuments.Json());
            response.Headers.CacheControl = control is null ? null : CacheControlHeaderValue.Parse(control);
            response.Headers.Age = age is null ? null : TimeSpan.FromSeconds(int.Parse(age));
            return response;
        };
        var (documents, handler) = Create();
        await Find(documents);

        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        await Find(documents);
        handler.Requests.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Find(documents);
        handler.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(HttpStatusCode.Created)]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.MovedPermanently)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.NotModified)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Only_200_is_a_document_and_no_redirect_is_followed(HttpStatusCode status)
    {
        _answer = () =>
        {
            var response = ScriptedHandler.Json(TestDocuments.Json(), status);
            response.Headers.Location = new Uri("https://app.example.com/other");
            return response;
        };
        var (documents, handler) = Create();

        (await Find(documents)).ShouldBeNull();
        handler.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("text/html", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/client-metadata+json", true)]
    public async Task A_document_is_json_by_its_media_type(string mediaType, bool accepted)
    {
        _answer = () => ScriptedHandler.Json(TestDocuments.Json(), mediaType: mediaType);

        (await Find(Create().Documents) is not null).ShouldBe(accepted);
    }

    [Fact]
    public async Task A_document_of_more_than_5_KiB_is_refused()
    {
        string Padded(int length)
        {
            var json = TestDocuments.Json();
            return json + new string(' ', length - json.Length);
        }

        _answer = () => ScriptedHandler.Json(Padded(5 * 1024));
        (await Find(Create().Documents)).ShouldNotBeNull();

        _answer = () => ScriptedHandler.Json(Padded((5 * 1024) + 1));
        (await Find(Create().Documents)).ShouldBeNull();
    }

    [Fact]
    public async Task A_fetch_is_given_up_after_five_seconds()
    {
        var asked = new TaskCompletionSource();
        using var documents = TestDocuments.Of(
            new ScriptedHandler(async _ =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, CancellationToken.None);
                throw new InvalidOperationException();
            }),
            _time);
        var found = Find(documents);
        await asked.Task;

        _time.Advance(TimeSpan.FromSeconds(5));

        (await found).ShouldBeNull();
    }

    [Fact]
    public async Task A_failure_is_remembered_for_half_a_minute_and_no_longer()
    {
        _answer = () => ScriptedHandler.Status(HttpStatusCode.BadGateway);
        var (documents, handler) = Create();
        (await Find(documents)).ShouldBeNull();
        _answer = () => ScriptedHandler.Json(TestDocuments.Json());

        _time.Advance(TimeSpan.FromSeconds(29));
        (await Find(documents)).ShouldBeNull();
        handler.Requests.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        (await Find(documents)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Callers_who_come_while_a_document_is_fetched_share_the_fetch()
    {
        var gate = new TaskCompletionSource();
        var handler = new ScriptedHandler(async _ =>
        {
            await gate.Task;
            return ScriptedHandler.Json(TestDocuments.Json());
        });
        using var documents = TestDocuments.Of(handler, _time);
        var callers = Enumerable.Range(0, 50).Select(_ => Find(documents)).ToList();
        using var impatient = new CancellationTokenSource();
        var left = documents.FindAsync(TestDocuments.Url, impatient.Token).AsTask();

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);
        gate.SetResult();

        (await Task.WhenAll(callers)).ShouldAllBe(client => client != null && client.Id == TestDocuments.Url);
        handler.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_so_many_fetches_are_under_way_at_once_and_what_is_turned_away_is_not_remembered_as_failed()
    {
        var gate = new TaskCompletionSource();
        var started = new SemaphoreSlim(0);
        var handler = new ScriptedHandler(async _ =>
        {
            started.Release();
            await gate.Task;
            return ScriptedHandler.Status(HttpStatusCode.NotFound);
        });
        using var documents = TestDocuments.Of(handler, _time);
        var flood = Enumerable.Range(0, 32).Select(i => documents.FindAsync($"https://slow.example/{i}", CancellationToken.None).AsTask()).ToList();
        for (var i = 0; i < 32; i++)
        {
            await started.WaitAsync();
        }

        (await Find(documents)).ShouldBeNull();
        documents.IsKnown(TestDocuments.Url).ShouldBeFalse();
        handler.Requests.Count.ShouldBe(32);

        gate.SetResult();
        await Task.WhenAll(flood);
        documents.IsKnown("https://slow.example/0").ShouldBeTrue();
    }

    [Fact]
    public async Task Made_up_ids_displace_no_document()
    {
        using var documents = TestDocuments.Of(
            new ScriptedHandler(request => request.Uri.Host == "app.example.com" ? ScriptedHandler.Json(TestDocuments.Json()) : ScriptedHandler.Status(HttpStatusCode.NotFound)), _time);
        await Find(documents);

        for (var i = 0; i < 5_000; i++)
        {
            await documents.FindAsync($"https://made.up/{i}", CancellationToken.None);
        }

        documents.FindFetched(TestDocuments.Url).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(false, true, "*.example.com")]
    [InlineData(true, false, "*.example.com")]
    [InlineData(true, true, "tools.example")]
    public void Nothing_is_accepted_that_is_switched_off_or_outside_the_domain_list(bool enabled, bool fetch, string domain)
    {
        using var documents = TestDocuments.Of(new ScriptedHandler(_ => _answer()), _time, new() { Enabled = enabled, Fetch = fetch, AllowedDomains = [domain] });

        documents.Accepts(TestDocuments.Url).ShouldBeFalse();
    }

    [Fact]
    public async Task A_document_on_this_machine_is_fetched_only_with_the_development_switch()
    {
        const string Url = "http://localhost:3000/client.json";
        var loopback = new ScriptedHandler(_ => ScriptedHandler.Json(TestDocuments.Json(Url)));
        using var off = TestDocuments.Of(new ScriptedHandler(_ => _answer()), _time, loopback: loopback);
        using var on = TestDocuments.Of(new ScriptedHandler(_ => _answer()), _time, new() { AllowLoopback = true }, loopback);

        off.Accepts(Url).ShouldBeFalse();
        (await off.FindAsync(Url, CancellationToken.None)).ShouldBeNull();
        loopback.Requests.ShouldBeEmpty();
        (await on.FindAsync(Url, CancellationToken.None)).ShouldNotBeNull().Id.ShouldBe(Url);
    }

    [Fact]
    public void A_document_the_operator_has_a_copy_of_is_never_fetched()
    {
        using var documents = TestDocuments.Of(
            new ScriptedHandler(_ => _answer()), _time, new() { Copies = new Dictionary<string, string> { [TestDocuments.Url] = "copy.json" } });

        documents.Accepts(TestDocuments.Url).ShouldBeFalse();
        documents.Accepts(TestDocuments.Url + "2").ShouldBeTrue();
    }

    [Fact]
    public async Task An_inner_address_is_not_asked()
    {
        using var documents = new ClientMetadataDocuments(
            new(), new(), new Keyholder.Upstream.SystemHostResolver(), _time, Microsoft.Extensions.Logging.Abstractions.NullLogger<ClientMetadataDocuments>.Instance);
        documents.Accepts("https://127.0.0.1/client.json").ShouldBeTrue();

        (await documents.FindAsync("https://127.0.0.1/client.json", CancellationToken.None)).ShouldBeNull();
        (await documents.FindAsync("https://169.254.169.254/client.json", CancellationToken.None)).ShouldBeNull();
    }

    private static Task<Client?> Find(ClientMetadataDocuments documents) => documents.FindAsync(TestDocuments.Url, CancellationToken.None).AsTask();

    private (ClientMetadataDocuments Documents, ScriptedHandler Handler) Create()
    {
        var handler = new ScriptedHandler(_ => _answer());
        return (TestDocuments.Of(handler, _time), handler);
    }
}
