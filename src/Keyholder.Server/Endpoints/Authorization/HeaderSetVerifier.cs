using System.Net;
using System.Net.Http.Headers;
using Keyholder.Resources;
using Keyholder.Server.Gateway;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>
/// Asks the upstream whether it takes header values before they are stored: one MCP <c>initialize</c>, whose session, if it opens one, is closed again. Where the upstream wants the
/// credential of another provider too, its answer would say nothing about these, and nobody is asked.
/// </summary>
internal sealed partial class HeaderSetVerifier(UpstreamConnections connections, IResourceSource resources, ILogger<HeaderSetVerifier> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(2);

    private static readonly byte[] Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"keyholder","version":"1"}}}"""u8.ToArray();

    /// <summary>What the upstream says.</summary>
    /// <param name="provider">The provider the values are for.</param>
    /// <param name="headers">The values.</param>
    /// <param name="resource">The resource whose upstream to ask; null for any that needs nothing else.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<HeaderSetVerdict> VerifyAsync(Provider provider, HeaderSet headers, Resource? resource, CancellationToken cancellationToken)
    {
        resource ??= resources.Current.Resources.FirstOrDefault(candidate => candidate.Providers.Any(entry => entry.Provider.Name == provider.Name) && NeedsNothingElse(candidate, provider));
        if (resource is null || !NeedsNothingElse(resource, provider))
        {
            return HeaderSetVerdict.Accepted;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            using var request = Create(HttpMethod.Post, resource, provider, headers);
            request.Content = new ByteArrayContent(Initialize) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await connections.Invoker.SendAsync(request, timeout.Token);
            var verdict = Judge(response.StatusCode);
            LogVerified(provider.Name, resource.Name, verdict, (int)response.StatusCode);
            await CloseAsync(response, resource, provider, headers, cancellationToken);
            return verdict;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogVerified(provider.Name, resource.Name, HeaderSetVerdict.Unavailable, 0);
            return HeaderSetVerdict.Unavailable;
        }
    }

    private static bool NeedsNothingElse(Resource resource, Provider provider) => resource.Providers.All(entry => !entry.Required || entry.Provider.Name == provider.Name);

    // A redirect is how web sites say that nobody is signed in.
    private static HeaderSetVerdict Judge(HttpStatusCode status) => (int)status switch
    {
        401 or 403 or (>= 300 and < 400) => HeaderSetVerdict.Refused,
        >= 500 or 408 or 429 => HeaderSetVerdict.Unavailable,
        _ => HeaderSetVerdict.Accepted,
    };

    private static HttpRequestMessage Create(HttpMethod method, Resource resource, Provider provider, HeaderSet headers)
    {
        var request = new HttpRequestMessage(method, resource.Upstream);
        request.Headers.TryAddWithoutValidation("Accept", MediaTypes.JsonAndEventStream);
        request.Headers.TryAddWithoutValidation("User-Agent", "keyholder");
        foreach (var (name, value) in HeaderSetPolicy.Outgoing(provider.Headers, headers))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    // The verdict stands whatever becomes of this.
    private async Task CloseAsync(HttpResponseMessage opened, Resource resource, Provider provider, HeaderSet headers, CancellationToken cancellationToken)
    {
        if (!opened.Headers.NonValidated.TryGetValues(McpRequestHeaderReader.SessionId, out var session))
        {
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ClosingPatience);
        try
        {
            using var request = Create(HttpMethod.Delete, resource, provider, headers);
            request.Headers.TryAddWithoutValidation(McpRequestHeaderReader.SessionId, session.ToString());
            using var response = await connections.Invoker.SendAsync(request, timeout.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNotClosed(provider.Name, resource.Name);
        }
    }

    [LoggerMessage(1103, LogLevel.Information, "Header values for provider {Provider} were tried at resource {Resource}: {Verdict} (status {Status})")]
    private partial void LogVerified(string provider, string resource, HeaderSetVerdict verdict, int status);

    [LoggerMessage(1104, LogLevel.Information, "The session in which header values for provider {Provider} were tried at resource {Resource} could not be closed")]
    private partial void LogNotClosed(string provider, string resource);
}
