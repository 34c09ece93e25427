using System.ComponentModel.DataAnnotations;

namespace Keyholder.Resources;

/// <summary>A resource as the operator wrote it, not validated yet.</summary>
public sealed record ResourceDefinition
{
    /// <summary>The name people see. Default: the key of the entry.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The absolute http(s) URL requests are forwarded to. Required.</summary>
    public string? Upstream { get; init; }

    /// <summary>Whether the upstream may be plain http on another machine, where anyone on the way reads the credentials.</summary>
    public bool AllowInsecureUpstream { get; init; }

    /// <summary>How Keyholder authenticates to the upstream: <c>none</c>, <c>staticHeaders</c>, or <c>credentials</c> from the vault (<c>userOAuth</c> means the same), or <c>discovered</c>: credentials of the authorization server the upstream itself names, or <c>tokenExchange</c>: the client's token, exchanged (RFC 8693). Required.</summary>
    public ResourceAuthKind? Auth { get; init; }

    /// <summary>The headers of <c>staticHeaders</c>: name → value.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The one provider of <c>credentials</c>, a key of <c>providers</c>; short for a list with nothing else.</summary>
    public string? Provider { get; init; }

    /// <summary>The providers of <c>credentials</c>, in the order people connect them.</summary>
    public IReadOnlyList<ResourceProviderDefinition> Providers { get; init; } = [];

    /// <summary>Who its sessions act for: <c>user</c>, the person who signs in, or <c>session</c>, nobody known, so that nobody has to sign in.</summary>
    public ResourceSubject Subject { get; init; } = ResourceSubject.User;

    /// <summary>How the client's token is exchanged, for <c>tokenExchange</c>.</summary>
    public ExchangeDefinition? Exchange { get; init; }

    /// <summary>What to add to the discovery of <c>discovered</c>.</summary>
    public DiscoveryDefinition? Discovery { get; init; }

    /// <summary>Scope → what it lets a client do, as the consent page says it. Default: the one scope <c>mcp:NAME</c>.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; init; } = new Dictionary<string, string>();

    /// <summary>The scopes granted when a client names none. Default: all.</summary>
    public IReadOnlyList<string>? DefaultScopes { get; init; }

    /// <summary>The scopes every request needs. Default: <c>mcp:NAME</c> when <c>scopes</c> is left out, else none.</summary>
    public IReadOnlyList<string>? RequiredScopes { get; init; }

    /// <summary>The largest request body, in bytes.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public long MaxRequestBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long the upstream may stay silent, streams included, before the request is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether open streams end when their access token expires.</summary>
    public bool EndStreamsAtTokenExpiry { get; init; }

    /// <summary>What of its MCP server may be used, whoever asks, and which scopes its tools need. Left out = everything.</summary>
    public ToolRulesDefinition? Tools { get; init; }

    /// <summary>Whether every virtual key may use it, unless a grant of the key's own says otherwise.</summary>
    public bool GrantToAllKeys { get; init; }

    /// <inheritdoc />
    public override string ToString() => "resource definition";
}
