using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Walkthrough;

/// <summary>The whole story, told by a real MCP client that knows nothing but the resource's URL.</summary>
internal sealed class Story(Uri resource, string username, string password, Narrator narrator)
{
    private static readonly Uri RedirectUri = new("http://localhost:33419/callback");
    private readonly InMemoryCache _tokens = new();

    public async Task TellAsync(CancellationToken cancellationToken)
    {
        await using var client = await ConnectAsync(cancellationToken);
        await CallAsync(client, cancellationToken);
        await RefreshAsync(cancellationToken);
    }

    private async Task<McpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        narrator.Begin("connect");
        using var person = new Person(username, password, (page, url) =>
        {
            if (page == "redirect" && url.Authority != resource.Authority)
            {
                narrator.Done($"sent to {url.GetLeftPart(UriPartial.Path)}", "upstream account");
            }
            else if (page != "redirect")
            {
                narrator.Done(page == "sign-in" ? $"as {username}" : "approved", page);
            }
        });
        var http = new HttpClient(new WireObserver(narrator, new SocketsHttpHandler()));
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = resource,
                TransportMode = HttpTransportMode.StreamableHttp,
                OAuth = new ClientOAuthOptions
                {
                    RedirectUri = RedirectUri,
                    DynamicClientRegistration = new DynamicClientRegistrationOptions { ClientName = "Keyholder walkthrough" },
                    TokenCache = _tokens,
                    AuthorizationCallbackHandler = async (context, token) =>
                    {
                        var callback = await person.AuthorizeAsync(context.AuthorizationUri, context.RedirectUri, token);
                        var query = System.Web.HttpUtility.ParseQueryString(callback.Query);
                        narrator.Require(query["code"] is not null, $"a code, not {query["error"]}");
                        return new AuthorizationResult { Code = query["code"], State = query["state"], Iss = query["iss"] };
                    },
                },
            },
            http,
            loggerFactory: null,
            ownsHttpClient: true);
        return await McpClient.CreateAsync(transport, cancellationToken: cancellationToken);
    }

    private async Task CallAsync(McpClient client, CancellationToken cancellationToken)
    {
        narrator.Begin("tools/list");
        var tools = await client.ListToolsAsync(cancellationToken: cancellationToken);
        narrator.Require(tools.Any(t => t.Name == "whoami"), "a tool named whoami");
        narrator.Done(string.Join(", ", tools.Select(t => t.Name)));

        narrator.Begin("tools/call whoami");
        var result = await client.CallToolAsync("whoami", cancellationToken: cancellationToken);
        var text = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(c => c.Text));
        narrator.Require(result.IsError != true && text.Contains("demo-account", StringComparison.Ordinal), $"the upstream account, not \"{text}\"");
        narrator.Done($"\"{text}\": the upstream saw its own user's token");
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var client = _tokens.Tokens!;
        var endpoint = new TokenEndpoint(http, new Uri(resource, "/token"), resource.AbsoluteUri, client);

        narrator.Begin("refresh");
        var first = client.RefreshToken!;
        var second = await endpoint.RefreshAsync(first, cancellationToken);
        narrator.Require(second.Status == HttpStatusCode.OK && second.RefreshToken != first, "a new refresh token");
        narrator.Done("200, rotated");

        narrator.Begin("lost response");
        var again = await endpoint.RefreshAsync(first, cancellationToken);
        narrator.Require(again.Status == HttpStatusCode.OK && again.RefreshToken == second.RefreshToken, "the very same successor");
        narrator.Done("200, the same successor again: nothing forked, nobody logged out");

        narrator.Begin("next refresh");
        var third = await endpoint.RefreshAsync(second.RefreshToken!, cancellationToken);
        narrator.Require(third.Status == HttpStatusCode.OK, "200");
        narrator.Require(await PingAsync(http, third.AccessToken!, cancellationToken) == HttpStatusCode.OK, "a working access token");
        narrator.Done("200, the access token works");

        narrator.Begin("replay of an old token");
        var replay = await endpoint.RefreshAsync(first, cancellationToken);
        narrator.Require(replay.Status == HttpStatusCode.BadRequest && replay.Error == "invalid_grant", "400 invalid_grant");
        narrator.Done("400 invalid_grant: theft noticed");

        narrator.Begin("everything dead");
        var newest = await endpoint.RefreshAsync(third.RefreshToken!, cancellationToken);
        narrator.Require(newest.Error == "invalid_grant", "the newest refresh token to be dead");
        var status = await PingAsync(http, third.AccessToken!, cancellationToken);
        narrator.Require(status == HttpStatusCode.Unauthorized, $"401 for the access token, not {(int)status}");
        narrator.Done("newest refresh token 400, access token 401, at once");
    }

    private async Task<HttpStatusCode> PingAsync(HttpClient http, string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, resource)
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"walkthrough","version":"1"}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.StatusCode;
    }

    private sealed class InMemoryCache : ITokenCache
    {
        public TokenContainer? Tokens { get; private set; }

        public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
        {
            Tokens = tokens;
            return ValueTask.CompletedTask;
        }

        public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Tokens);
    }
}
