using System.Text.Json;
using Keyholder.Bench.Load;
using Keyholder.Bench.Refresh;
using Keyholder.Bench.Servers;

namespace Keyholder.Bench;

/// <summary>The requests measurements make of a <see cref="KeyholderNode"/>, as they go over the wire.</summary>
internal static class BenchRequests
{
    private const string CallBody = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}""";

    /// <summary>A refresh.</summary>
    public static byte[] Refresh(KeyholderNode node, string refreshToken) => Form(node, "/token", $"grant_type=refresh_token&refresh_token={refreshToken}");

    /// <summary>The revocation of a session.</summary>
    public static byte[] Revoke(KeyholderNode node, string refreshToken) => Form(node, "/revoke", $"token={refreshToken}");

    /// <summary>A call of the protected resource.</summary>
    public static byte[] Call(KeyholderNode node, string accessToken) => HttpRequestBytes.Post(
        new Uri(node.PublicUrl, "/mcp/bench"),
        "application/json",
        CallBody,
        ("Accept", "application/json, text/event-stream"),
        ("Authorization", "Bearer " + accessToken));

    /// <summary>The tokens of a token response, given with its head.</summary>
    public static (string AccessToken, string RefreshToken) ReadTokens(string response)
    {
        using var body = JsonDocument.Parse(response[response.IndexOf('{', StringComparison.Ordinal)..(response.LastIndexOf('}') + 1)]);
        return (body.RootElement.GetProperty("access_token").GetString()!, body.RootElement.GetProperty("refresh_token").GetString()!);
    }

    private static byte[] Form(KeyholderNode node, string path, string body) =>
        HttpRequestBytes.Post(new Uri(node.PublicUrl, path), "application/x-www-form-urlencoded", $"{body}&client_id={SeededDatabase.ClientId}");
}
