using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Keyholder.Mcp;

namespace Keyholder.Upstream.Discovery;

/// <summary>Asks an upstream which authorization server it trusts: its challenge first, then the well-known places (RFC 9728).</summary>
internal sealed class ProtectedResourceSource(GuardedHttp http)
{
    // A request of the stateless generation that changes nothing: nobody's session begins with it, and servers that let anybody initialize still refuse it.
    private const string Method = "tools/list";
    private static readonly string Probe = new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = Method,
        ["params"] = new JsonObject
        {
            ["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = McpProtocolVersions.V20260728,
                ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "Keyholder", ["version"] = "1.0.0" },
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            },
        },
    }.ToJsonString();

    /// <summary>Asks the upstream now; nothing is kept.</summary>
    public async Task<ProtectedResourceResult> FetchAsync(Uri upstream, TrustedOrigins trusted, CancellationToken cancellationToken)
    {
        var probed = await ProbeAsync(upstream, trusted, cancellationToken);
        if (probed.Outcome is GuardedOutcome.Unreachable or GuardedOutcome.TimedOut)
        {
            return ProtectedResourceResult.Unavailable($"The upstream is {probed.Outcome}.");
        }

        var challenge = UpstreamChallenge.Find(probed.Challenges);
        if (challenge?.ResourceMetadata is { } named)
        {
            // Where the upstream itself says its metadata is, no other place is looked at: another document would shadow it.
            return Uri.TryCreate(named, UriKind.Absolute, out var uri)
                ? await ReadAsync(uri, upstream, challenge, trusted, cancellationToken)
                    ?? ProtectedResourceResult.Rejected("There is no resource metadata where the upstream says it is.")
                : ProtectedResourceResult.Rejected("The upstream names a resource metadata document that is no URL.");
        }

        foreach (var uri in ProtectedResourcePolicy.WellKnownUris(upstream))
        {
            if (await ReadAsync(uri, upstream, challenge, trusted, cancellationToken) is { } result)
            {
                return result;
            }
        }

        // MCP 2025-03-26: the origin of a server without metadata of its own is its authorization server.
        return ProtectedResourceResult.Of(new ProtectedResource
        {
            Issuer = ProtectedResourcePolicy.Origin(upstream),
            Scopes = ProtectedResourcePolicy.ScopesOf(challenge) ?? [],
        });
    }

    private async Task<GuardedResponse> ProbeAsync(Uri upstream, TrustedOrigins trusted, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, upstream) { Content = new StringContent(Probe, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", McpProtocolVersions.V20260728);
        request.Headers.Add("Mcp-Method", Method);
        return await http.SendAsync(request, trusted, cancellationToken);
    }

    // Null: there is no document at this place.
    private async Task<ProtectedResourceResult?> ReadAsync(
        Uri uri, Uri upstream, UpstreamChallenge? challenge, TrustedOrigins trusted, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Accept.ParseAdd("application/json");
        var response = await http.SendAsync(request, trusted, cancellationToken);
        if (response.Outcome is GuardedOutcome.Unreachable or GuardedOutcome.TimedOut
            || (response.Outcome == GuardedOutcome.Answered && ((int)response.Status >= 500 || response.Status == HttpStatusCode.TooManyRequests)))
        {
            return ProtectedResourceResult.Unavailable("The resource metadata cannot be had now.");
        }

        if (response is not { Outcome: GuardedOutcome.Answered, Status: HttpStatusCode.OK, IsJson: true })
        {
            return null;
        }

        using var document = StrictJson.ParseObject(response.Body);
        if (document is null)
        {
            return ProtectedResourceResult.Rejected("The resource metadata is not one strict JSON object.");
        }

        var (resource, problem) = ProtectedResourcePolicy.Read(document.RootElement, upstream, challenge);
        return resource is null ? ProtectedResourceResult.Rejected(problem!) : ProtectedResourceResult.Of(resource);
    }
}
