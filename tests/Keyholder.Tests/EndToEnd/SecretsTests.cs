using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DemoUpstream;
using DemoUpstream.Control;
using Keyholder.Tests.DemoUpstream;

namespace Keyholder.Tests.EndToEnd;

/// <summary>Drives every flow with secrets that can be searched for, then searches: log lines, answers, and the bytes of the database.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task No_secret_is_logged_answered_to_anyone_but_its_owner_or_stored_readable()
    {
        var directory = Directory.CreateTempSubdirectory("keyholder-secrets-").FullName;
        try
        {
            var secrets = new List<Secret>();
            IReadOnlyList<string> logs;
            IReadOnlyList<RecordedAnswer> answers;
            byte[] whileRunning;
            await using (var host = await EndToEndHost.StartAsync(Path.Combine(directory, "keyholder.db"), new DemoUpstreamOptions { AccessTokenLifetime = TimeSpan.FromMinutes(30) }))
            {
                await DriveAsync(host, secrets);
                whileRunning = Bytes(directory);
                logs = [.. host.VisibleLogs];
                answers = [.. host.Answers];
                logs.Count.ShouldBeGreaterThan(10);
                answers.Count.ShouldBeGreaterThan(25);
            }

            // Not readable is not the same as not there.
            Bytes(directory).AsSpan().IndexOf("Example app"u8).ShouldBeGreaterThan(0);
            foreach (var secret in secrets)
            {
                logs.ShouldAllBe(line => !line.Contains(secret.Text, StringComparison.Ordinal), secret.Name + " in the log");
                answers.Where(a => !secret.MayBeAnsweredTo(a.Asked)).ShouldAllBe(a => !a.Text.Contains(secret.Text, StringComparison.Ordinal), secret.Name + " in an answer");
                foreach (var database in new[] { whileRunning, Bytes(directory) })
                {
                    database.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret.Text)).ShouldBe(-1, secret.Name + " in the database");
                    (secret.Raw.Length > 0 && database.AsSpan().IndexOf(secret.Raw) >= 0).ShouldBeFalse(secret.Name + " in the database, decoded");
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task DriveAsync(EndToEndHost host, List<Secret> secrets)
    {
        secrets.Add(new("upstream access token", "demo_at_"));
        secrets.Add(new("upstream refresh token", "demo_rt_"));
        secrets.Add(new("upstream code", "demo_ac_"));
        secrets.Add(new("provider client secret", "demo-client-secret"));
        secrets.Add(new("configured header", "demo-api-key"));
        secrets.Add(new("password", EndToEndHost.Password));
        secrets.Add(new("vault key", EndToEndHost.VaultKey) { Raw = Convert.FromBase64String(EndToEndHost.VaultKey) });

        var person1 = await host.ConnectAsync();
        Know(person1);
        var person2 = await host.ConnectAsync("files", "person2", "demo-account-2");
        Know(person2);
        var keyed = await host.ConnectAsync("keyed");
        Know(keyed);
        var lost = await host.ConnectAsync("lost");
        Know(lost);
        await person1.WhoAmIAsync();
        (await keyed.SendAsync(keyed.Call("headers"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await lost.ShouldBeRefusedAsync(HttpStatusCode.BadGateway, "gateway.upstream_unreachable");

        // Refreshes on both sides, faults on both sides.
        var replayed = person1.RefreshToken;
        host.Time.Advance(TimeSpan.FromHours(1));
        foreach (var fault in Enum.GetValues<TokenFault>().Where(f => f is not (TokenFault.None or TokenFault.InvalidGrant)))
        {
            host.Misbehave(s => s with { TokenFault = fault, TokenFaultTimes = 1 });
            host.Time.Advance(TimeSpan.FromMinutes(1));
            await person1.RefreshAsync();
            Know(person1);
            await person1.ShouldBeRefusedAsync(HttpStatusCode.ServiceUnavailable, "gateway.credential_unavailable");
        }

        host.Time.Advance(TimeSpan.FromMinutes(1));
        await person1.WhoAmIAsync();
        foreach (var fault in Enum.GetValues<ApiFault>().Where(f => f is not (ApiFault.None or ApiFault.AbortMidBody)))
        {
            host.Misbehave(s => s with { ApiFault = fault, ApiFaultTimes = 1, ApiSetsCookies = true, ApiSetsChallenge = true });
            using var answer = await person1.SendAsync(person1.Call("whoami"));
        }

        // Reconnecting, then the replay that ends everything.
        host.Misbehave(_ => new DemoUpstreamSwitches());
        host.Time.Advance(TimeSpan.FromMinutes(1));
        host.Upstream.ExpireAccessTokens();
        host.Upstream.RevokeRefreshTokens();
        await person1.ShouldBeRefusedAsync(HttpStatusCode.OK, "gateway.connection_required");
        await person1.AuthorizeAsync();
        Know(person1);
        (await person1.TokenAsync(("grant_type", "authorization_code"), ("code", person1.Code), ("code_verifier", "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong"), ("redirect_uri", "https://app.example.com/callback"))).Error.ShouldBe("invalid_grant");
        (await person1.RefreshAsync(replayed)).Error.ShouldBe("invalid_grant");
        (await person2.RefreshAsync(person1.RefreshToken)).Error.ShouldBe("invalid_grant");
        (await person2.RefreshAsync(person1.RefreshToken[..^1] + "!")).Error.ShouldBe("invalid_grant");

        // Secrets where they do not belong.
        foreach (var path in new[] { $"/mcp/mail?access_token={person1.AccessToken}", $"/authorize?client_id={person1.RefreshToken}", $"/upstream/callback?state=nobody&code=demo_ac_stray", "/mcp/" + person1.RefreshToken })
        {
            using var answer = await host.Http.GetAsync(path);
            ((int)answer.StatusCode).ShouldBeInRange(400, 499);
        }

        using var browser = host.CreateBrowser();
        var page = await browser.GetAsync($"/authorize?response_type=code&client_id={person1.Id}&redirect_uri={Uri.EscapeDataString("https://app.example.com/callback")}&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&resource={Uri.EscapeDataString(person1.ResourceUri)}");
        await browser.SubmitAsync(page, ("username", "person1"), ("password", EndToEndHost.Password + "-wrong"));
        await browser.SubmitAsync(page, ("username", EndToEndHost.Password), ("password", EndToEndHost.Password));
        await person2.RefreshAsync();
        Know(person2);
        using (var malformed = McpWire.Post(person2.Path, JsonValue.Create(person2.RefreshToken), person2.AccessToken))
        using (var answer = await host.Http.SendAsync(malformed))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        void Know(ConnectedClient client)
        {
            secrets.Add(new("access token", client.AccessToken) { Owner = "POST /token" });
            secrets.Add(new("refresh token", client.RefreshToken) { Owner = "POST /token", Raw = SecretOf(client.RefreshToken) });
            secrets.Add(new("code", client.Code) { Owner = "GET /authorize/continue", Raw = SecretOf(client.Code) });
            secrets.Add(new("client secret", client.Secret!) { Owner = "POST /register" });
            secrets.AddRange(client.Cookies.Select(cookie => new Secret("cookie", cookie) { Owner = "GET /authorize|POST /authorize/sign-in" }));
        }
    }

    // The 32 secret bytes between generation and MAC.
    private static byte[] SecretOf(string token) => Base64Url.DecodeFromChars(token.AsSpan("kh_rt_".Length))[20..52];

    private static byte[] Bytes(string directory) => [.. Directory.GetFiles(directory).SelectMany(path =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    })];

    private sealed record Secret(string Name, string Text)
    {
        /// <summary>What is answered with it, because it is the asker's own.</summary>
        public string Owner { get; init; } = "";

        /// <summary>Its decoded form, which must not be stored either.</summary>
        public byte[] Raw { get; init; } = [];

        public bool MayBeAnsweredTo(string asked) => Owner.Split('|').Contains(asked);
    }
}
