using Microsoft.Extensions.Primitives;

namespace DemoUpstream.Provider;

/// <summary>The parameters of an authorization request, each at most once.</summary>
internal sealed class AuthorizationRequest
{
    /// <summary>What a request may carry; the account form sends the same again.</summary>
    public static readonly string[] ParameterNames =
    [
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "resource", "login_hint", "prompt",
    ];

    private readonly Dictionary<string, string> _parameters;

    private AuthorizationRequest(Dictionary<string, string> parameters, bool repeats) => (_parameters, RepeatsParameter) = (parameters, repeats);

    public bool RepeatsParameter { get; }

    /// <summary>The value, or null when it is absent or empty.</summary>
    public string? this[string name] => _parameters.GetValueOrDefault(name);

    public static async Task<AuthorizationRequest> ReadAsync(HttpRequest request)
    {
        IEnumerable<KeyValuePair<string, StringValues>> pairs =
            HttpMethods.IsPost(request.Method) && request.HasFormContentType ? await request.ReadFormAsync(request.HttpContext.RequestAborted) : request.Query;
        var list = pairs.ToList();
        return new AuthorizationRequest(
            list.Where(pair => pair.Value[0] is { Length: > 0 }).ToDictionary(pair => pair.Key, pair => pair.Value[0]!, StringComparer.Ordinal),
            list.Any(pair => pair.Value.Count > 1));
    }

    /// <summary>What is wrong with everything but client and redirect URI, as error code and description; null when nothing is.</summary>
    public (string Error, string Description)? Refusal(bool refuseResource)
    {
        if (RepeatsParameter) return ("invalid_request", "A parameter is repeated.");
        if (this["response_type"] is not "code") return ("unsupported_response_type", "Only response_type code is supported.");
        if (this["code_challenge"] is not { Length: 43 } || this["code_challenge_method"] is not "S256") return ("invalid_request", "PKCE with S256 is required.");
        if (refuseResource && this["resource"] is not null) return ("invalid_target", "This provider knows no resource parameter.");
        return null;
    }
}
