using Keyholder.OAuth;

namespace Keyholder.Clients;

/// <summary>What a client presented to authenticate itself, before anything is believed. An empty secret is no secret: SDKs without one send it empty.</summary>
/// <param name="clientId">The client it says it is.</param>
/// <param name="secret">The secret it presented, or null.</param>
/// <param name="method">The method it used: one of <see cref="ClientAuthMethods"/>.</param>
/// <param name="assertion">The JWT it presented, or null.</param>
internal sealed class ClientCredentials(string clientId, string? secret, string method, string? assertion = null)
{
    private const int MaxBasicLength = 4096;

    public string ClientId { get; } = clientId;

    public string? Secret { get; } = secret;

    public string Method { get; } = method;

    public string? Assertion { get; } = assertion;

    /// <summary>
    /// Takes the credentials from the header and the form. <see cref="OAuthErrors.InvalidRequest"/> for two methods at once, two client ids, or none;
    /// <see cref="OAuthErrors.InvalidClient"/> for a method Keyholder does not know and a malformed <c>Basic</c> header.
    /// </summary>
    public static OAuthResult<ClientCredentials> Read(string? authorizationHeader, OAuthParameters parameters)
    {
        var clientId = parameters["client_id"];
        var secret = parameters["client_secret"];
        var assertion = parameters["client_assertion"] ?? parameters["client_assertion_type"];
        if ((authorizationHeader is null ? 0 : 1) + (secret is null ? 0 : 1) + (assertion is null ? 0 : 1) > 1)
        {
            return OAuthErrors.InvalidRequest.Describe("More than one client authentication method was used.");
        }

        if (assertion is not null)
        {
            return ReadAssertion(parameters["client_assertion"], parameters["client_assertion_type"], clientId);
        }

        if (authorizationHeader is not null)
        {
            return ReadBasic(authorizationHeader, clientId);
        }

        return clientId is null
            ? OAuthErrors.InvalidRequest.Describe("client_id is missing.")
            : new ClientCredentials(clientId, secret, secret is null ? ClientAuthMethods.None : ClientAuthMethods.SecretPost);
    }

    /// <summary>RFC 7521 section 4.2: the client id need not be sent beside the assertion, whose subject it is.</summary>
    private static OAuthResult<ClientCredentials> ReadAssertion(string? assertion, string? type, string? formClientId)
    {
        if (assertion is null || type != ClientAssertions.AssertionType)
        {
            return OAuthErrors.InvalidClient.Because("The client assertion is missing, or its type is not supported.");
        }

        if (ClientAssertions.ReadSubject(assertion) is not { } subject)
        {
            return OAuthErrors.InvalidClient.Because("The client assertion is not a JWT with a subject.");
        }

        return formClientId is not null && !string.Equals(formClientId, subject, StringComparison.Ordinal)
            ? OAuthErrors.InvalidRequest.Describe("The client assertion and client_id name two clients.")
            : new ClientCredentials(subject, null, ClientAuthMethods.PrivateKeyJwt, assertion);
    }

    /// <summary>RFC 6749 section 2.3.1: id and secret are form-encoded each before they are joined.</summary>
    private static OAuthResult<ClientCredentials> ReadBasic(string header, string? formClientId)
    {
        const string Scheme = "Basic ";
        if (header.Length > MaxBasicLength || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return OAuthErrors.InvalidClient.Because("The Authorization header is not Basic or too long.");
        }

        var encoded = header.AsSpan(Scheme.Length).Trim(' ');
        Span<byte> pair = stackalloc byte[MaxBasicLength];
        if (encoded.ContainsAny(" \t\r\n") || !Convert.TryFromBase64Chars(encoded, pair, out var length))
        {
            return OAuthErrors.InvalidClient.Because("The Basic credentials are not base64.");
        }

        pair = pair[..length];
        var colon = pair.IndexOf((byte)':');
        if (colon < 1 || !FormUrlEncoding.TryDecode(pair[..colon], out var clientId) || !FormUrlEncoding.TryDecode(pair[(colon + 1)..], out var secret))
        {
            return OAuthErrors.InvalidClient.Because("The Basic credentials are not two form-encoded values.");
        }

        if (formClientId is not null && !string.Equals(formClientId, clientId, StringComparison.Ordinal))
        {
            return OAuthErrors.InvalidRequest.Describe("The Authorization header and client_id name two clients.");
        }

        return secret.Length == 0
            ? new ClientCredentials(clientId, null, ClientAuthMethods.None)
            : new ClientCredentials(clientId, secret, ClientAuthMethods.SecretBasic);
    }
}
