namespace Keyholder.Resources;

/// <summary>A protected resource (RFC 9728): one upstream as Keyholder exposes it. Immutable and validated.</summary>
public sealed record Resource
{
    /// <summary>The last segment of its URL: <c>[a-z0-9]([a-z0-9-]*[a-z0-9])?</c>, at most 63 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The resource URI, <c>{issuer}/mcp/{name}</c>: the <c>aud</c> of its access tokens.</summary>
    public required string Uri { get; init; }

    /// <summary>For pages.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The absolute http(s) URL requests are forwarded to.</summary>
    public required Uri Upstream { get; init; }

    public required ResourceAuthKind Auth { get; init; }

    /// <summary>The headers of <see cref="ResourceAuthKind.StaticHeaders"/>; empty otherwise. Secret.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> StaticHeaders { get; init; } = [];

    /// <summary>The providers of <see cref="ResourceAuthKind.Credentials"/> in configured order; empty otherwise. No two set the same header.</summary>
    public IReadOnlyList<ResourceProvider> Providers { get; init; } = [];

    /// <summary>Who its sessions act for.</summary>
    public ResourceSubject Subject { get; init; } = ResourceSubject.User;

    /// <summary>The exchange of <see cref="ResourceAuthKind.TokenExchange"/>; null otherwise.</summary>
    public TokenExchange? Exchange { get; init; }

    /// <summary>Scope name → what it lets a client do, in configured order. Never empty.</summary>
    public required IReadOnlyList<ResourceScope> Scopes { get; init; }

    /// <summary>Granted when a client names none. A subset of <see cref="Scopes"/>.</summary>
    public required IReadOnlyList<string> DefaultScopes { get; init; }

    /// <summary>Needed for any request. A subset of <see cref="DefaultScopes"/>.</summary>
    public required IReadOnlyList<string> RequiredScopes { get; init; }

    /// <summary>The largest request body, in bytes.</summary>
    public required long MaxRequestBodyBytes { get; init; }

    /// <summary>How long the upstream may stay silent before the request is given up. Once an answer is an event stream, silence is no failure: keep-alive of the connection finds a dead upstream.</summary>
    public required TimeSpan ActivityTimeout { get; init; }

    /// <summary>Whether open streams end when their access token expires.</summary>
    public required bool EndStreamsAtTokenExpiry { get; init; }

    /// <summary>What of its MCP server may be used, and which scopes its tools need.</summary>
    public ResourceTools Tools { get; init; } = ResourceTools.Everything;

    /// <summary>Whether every virtual key may use it, unless a grant of the key's own says otherwise.</summary>
    public bool GrantToAllKeys { get; init; }

    /// <summary>The URL of the RFC 9728 metadata document.</summary>
    public required string MetadataUri { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"resource {Name}";
}
