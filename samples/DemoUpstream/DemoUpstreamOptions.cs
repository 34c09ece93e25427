using DemoUpstream.Control;

namespace DemoUpstream;

/// <summary>How the demo upstream starts. From the command line and the environment: the section <c>Demo</c>.</summary>
public sealed class DemoUpstreamOptions
{
    /// <summary>The address in <c>issuer</c> and every URL that is handed out; null means the address listened on.</summary>
    public string? PublicUrl { get; set; }

    public string ClientId { get; set; } = "demo-client";

    public string ClientSecret { get; set; } = "demo-client-secret";

    /// <summary>Exact redirect URIs of the configured client; empty means any absolute http or https URI.</summary>
    public string[] RedirectUris { get; set; } = [];

    /// <summary>The accounts a person can choose; empty means <c>demo-account-1</c> and <c>demo-account-2</c>.</summary>
    public string[] Accounts { get; set; } = [];

    /// <summary>The account that is approved when no <c>login_hint</c> names one; null means the first.</summary>
    public string? DefaultAccount { get; set; }

    /// <summary>Whether <c>/register</c> (RFC 7591) exists and is advertised.</summary>
    public bool DynamicRegistration { get; set; } = true;

    /// <summary>The value <c>X-Api-Key</c> must have at <c>/keyed/mcp</c>.</summary>
    public string ApiKey { get; set; } = "demo-api-key";

    /// <summary>
    /// Whether streams of MCP sessions carry event ids and can be resumed with <c>Last-Event-ID</c>. A lost connection then no longer cancels a call.
    /// </summary>
    public bool ResumableStreams { get; set; }

    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary><c>ES256</c> or <c>RS256</c>.</summary>
    public string SigningAlgorithm { get; set; } = "ES256";

    /// <summary>The switches at start and after a reset.</summary>
    public DemoUpstreamSwitches Switches { get; set; } = new();

    internal IReadOnlyList<string> EffectiveAccounts => Accounts.Length > 0 ? Accounts : ["demo-account-1", "demo-account-2"];

    internal string EffectiveDefaultAccount => DefaultAccount ?? EffectiveAccounts[0];

    /// <summary>What is wrong with these values, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (PublicUrl is not null && !IsHttpUri(PublicUrl)) errors.Add("PublicUrl must be an absolute http or https URL.");
        if (ClientId.Length == 0) errors.Add("ClientId must not be empty.");
        if (ClientSecret.Length == 0) errors.Add("ClientSecret must not be empty.");
        if (ApiKey.Length == 0) errors.Add("ApiKey must not be empty.");
        if (RedirectUris.Any(uri => !IsHttpUri(uri))) errors.Add("RedirectUris must be absolute http or https URLs.");
        if (Accounts.Any(string.IsNullOrWhiteSpace)) errors.Add("Accounts must not contain an empty name.");
        if (DefaultAccount is not null && !EffectiveAccounts.Contains(DefaultAccount)) errors.Add("DefaultAccount must be one of Accounts.");
        if (AccessTokenLifetime <= TimeSpan.Zero) errors.Add("AccessTokenLifetime must be positive.");
        if (SigningAlgorithm is not ("ES256" or "RS256")) errors.Add("SigningAlgorithm must be ES256 or RS256.");
        errors.AddRange(Switches.Validate());
        return errors;
    }

    internal static bool IsHttpUri(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.Fragment.Length == 0;
}
