using System.Globalization;
using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;

namespace Keyholder.Authorization;

/// <summary>
/// The rules of the authorization request (RFC 6749 section 4.1.1, RFC 7636, RFC 8707). They come in two halves: until <see cref="FindTarget"/> has succeeded
/// nothing may be redirected anywhere; after it every error is a redirect.
/// </summary>
public static class AuthorizationRequestValidator
{
    /// <summary>The longest <c>state</c>, in characters.</summary>
    public const int MaxStateLength = 2048;

    private const int ChallengeBytes = 32;

    /// <summary>Where the answer may go, or why nothing may be redirected.</summary>
    public static (RedirectTarget? Target, RedirectTargetOutcome Outcome) FindTarget(AuthorizationParameters parameters, Client client)
    {
        if (parameters.IsRepeated("client_id") || parameters.IsRepeated("redirect_uri"))
        {
            return (null, RedirectTargetOutcome.Repeated);
        }

        if (parameters["redirect_uri"] is { } requested)
        {
            return RedirectUriPolicy.IsRegistered(client, requested)
                ? (Target(parameters, requested, wasSent: true), RedirectTargetOutcome.Found)
                : (null, RedirectTargetOutcome.NotRegistered);
        }

        return client.RedirectUris is [var only]
            ? (Target(parameters, only, wasSent: false), RedirectTargetOutcome.Found)
            : (null, RedirectTargetOutcome.Missing);
    }

    /// <summary>What the request asks for, or the error to redirect with.</summary>
    public static OAuthResult<ValidatedAuthorization> Validate(AuthorizationParameters parameters, Client client, ResourceSnapshot snapshot)
    {
        if (RefuseShape(parameters, client) is { } malformed)
        {
            return malformed;
        }

        if (Prompt.Parse(parameters["prompt"]) is not { } prompt)
        {
            return OAuthErrors.InvalidRequest.Describe("The prompt parameter is not supported as sent.");
        }

        if (!TryParseMaxAge(parameters["max_age"], out var maxAge))
        {
            return OAuthErrors.InvalidRequest.Describe("The max_age parameter is not a number of seconds.");
        }

        var access = RequestedAccess.Find(parameters["resource"], parameters["scope"], client, snapshot);
        return access.Failed
            ? access.Error
            : new ValidatedAuthorization(parameters["code_challenge"]!, access.Value.Resource, access.Value.Scopes, prompt, maxAge);
    }

    private static RedirectTarget Target(AuthorizationParameters parameters, string redirectUri, bool wasSent) =>
        new(redirectUri, wasSent, !parameters.IsRepeated("state") && IsState(parameters["state"]) ? parameters["state"] : null);

    /// <summary>RFC 6749 appendix A.5: printable ASCII. Anything else is refused rather than echoed.</summary>
    private static bool IsState(string? state) => state is null || (state.Length <= MaxStateLength && state.All(c => c is >= ' ' and <= '~'));

    private static OAuthError? RefuseShape(AuthorizationParameters parameters, Client client) => parameters switch
    {
        _ when parameters.IsRepeated("resource") => OAuthErrors.InvalidTarget.Describe("Only one resource can be requested at a time."),
        _ when parameters.AnyRepeated => OAuthErrors.InvalidRequest.Describe("A parameter is repeated."),
        _ when !IsState(parameters["state"]) => OAuthErrors.InvalidRequest.Describe("The state is longer than 2048 characters or not printable ASCII."),
        _ when parameters["request"] is not null => OpenIdErrors.RequestNotSupported,
        _ when parameters["request_uri"] is not null => OpenIdErrors.RequestUriNotSupported,
        _ when parameters["registration"] is not null => OpenIdErrors.RegistrationNotSupported,
        _ when parameters["response_type"] is null => OAuthErrors.InvalidRequest.Describe("The response_type parameter is missing."),
        _ when parameters["response_type"] != "code" => OAuthErrors.UnsupportedResponseType,
        _ when !client.ResponseTypes.Contains("code") || !client.GrantTypes.Contains("authorization_code") => OAuthErrors.UnauthorizedClient,
        _ when parameters["response_mode"] is not (null or "query") => OAuthErrors.InvalidRequest.Describe("The response mode is not supported."),
        _ when parameters["code_challenge"] is null => OAuthErrors.InvalidRequest.Describe("The code_challenge parameter is missing: PKCE is required."),
        _ when parameters["code_challenge_method"] != "S256" => OAuthErrors.InvalidRequest.Describe("The code challenge method must be S256."),
        _ when !IsChallenge(parameters["code_challenge"]!) => OAuthErrors.InvalidRequest.Describe("The code challenge is not 43 characters of base64url."),
        _ => null,
    };

    private static bool IsChallenge(string challenge)
    {
        Span<byte> hash = stackalloc byte[ChallengeBytes];
        return Base64UrlText.TryDecode(challenge, hash);
    }

    private static bool TryParseMaxAge(string? text, out TimeSpan? maxAge)
    {
        maxAge = null;
        if (text is null)
        {
            return true;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return false;
        }

        maxAge = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
