using System.Net;
using System.Text.Json.Nodes;
using Keyholder.Clients;
using Keyholder.Storage;
using Keyholder.Tests.Upstream;
using Keyholder.Upstream;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keyholder.Tests.Clients;

/// <summary>Metadata documents as hosts publish them, and what fetches them from a script.</summary>
internal static class TestDocuments
{
    public const string Url = "https://app.example.com/oauth/client.json";

    /// <summary>A good document with members replaced; a null value leaves one out.</summary>
    public static string Json(string url = Url, params (string Name, JsonNode? Value)[] changes)
    {
        var document = new JsonObject
        {
            ["client_id"] = url,
            ["client_name"] = "Example app",
            ["redirect_uris"] = new JsonArray("http://127.0.0.1/callback", "http://localhost/callback"),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["token_endpoint_auth_method"] = "none",
        };
        foreach (var (name, value) in changes)
        {
            document.Remove(name);
            if (value is not null)
            {
                document[name] = value.DeepClone();
            }
        }

        return document.ToJsonString();
    }

    /// <summary>Fetches through <paramref name="handler"/>, and what is on this machine through <paramref name="loopback"/>.</summary>
    public static ClientMetadataDocuments Of(
        HttpMessageHandler handler,
        TimeProvider time,
        ClientMetadataDocumentOptions? options = null,
        HttpMessageHandler? loopback = null,
        ILogger<ClientMetadataDocuments>? logger = null)
    {
        options ??= new();
        loopback ??= new ScriptedHandler(_ => ScriptedHandler.Status(HttpStatusCode.Forbidden));
        var http = new GuardedHttp(ClientMetadataDocuments.Limits(options), loopback, handler, time);
        return new ClientMetadataDocuments(options, new ClientRegistrationOptions(), http, time, logger ?? NullLogger<ClientMetadataDocuments>.Instance);
    }

    public static ClientMetadataDocuments None(TimeProvider time) =>
        Of(new ScriptedHandler(_ => ScriptedHandler.Status(HttpStatusCode.Forbidden)), time, new() { Enabled = false });

    public static ClientSnapshots Snapshots(ClientMetadataDocuments documents, TimeProvider time) =>
        new(new EmptyStores(), documents, time, NullLogger<ClientSnapshots>.Instance);

    /// <summary>Validation of assertions that knows no keys but those of the clients themselves.</summary>
    public static ClientAssertions Assertions(TimeProvider time) =>
        TestAssertions.Validator(time, new ScriptedHandler(_ => ScriptedHandler.Status(HttpStatusCode.Forbidden)), new EmptyStores());

    private sealed class EmptyStores : IClientSnapshotStore, IClientAssertionStore
    {
        public Task PutAsync(string clientId, string document, DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> TryUseAsync(string clientId, byte[] jtiHash, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<string?> FindAsync(string clientId, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}
