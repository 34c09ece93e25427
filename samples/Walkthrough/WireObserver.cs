using System.Text.Json;

namespace Walkthrough;

/// <summary>Sits below the MCP client and narrates its OAuth requests as they go over the wire.</summary>
internal sealed class WireObserver(Narrator narrator, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private bool _challenged;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        var status = (int)response.StatusCode;
        if (status == 401 && !_challenged)
        {
            _challenged = true;
            narrator.Done($"401, {response.Headers.WwwAuthenticate}", "challenge");
        }
        else if (path.StartsWith("/.well-known/", StringComparison.Ordinal) && status == 200)
        {
            narrator.Done($"200 {path}", "metadata");
        }
        else if (path == "/register")
        {
            narrator.Done($"{status} client_id {await FieldAsync(response, "client_id", cancellationToken)}", "registration");
        }
        else if (path == "/token" && status == 200)
        {
            narrator.Done($"{status} expires_in {await FieldAsync(response, "expires_in", cancellationToken)} s, scope {await FieldAsync(response, "scope", cancellationToken)}", "token");
        }

        return response;
    }

    private static async Task<string> FieldAsync(HttpResponseMessage response, string name, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return document.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "(none)";
    }
}
