using Keyholder.OAuth;

namespace Keyholder.Authorization;

/// <summary>The errors OpenID Connect Core section 3.1.2.6 adds to the authorization response.</summary>
public static class OpenIdErrors
{
    /// <summary><c>prompt=none</c>, but the person is not signed in.</summary>
    public static OAuthError LoginRequired { get; } = new("login_required", "The person has to sign in.");

    /// <summary><c>prompt=none</c>, but the person has not approved this client.</summary>
    public static OAuthError ConsentRequired { get; } = new("consent_required", "The person has to approve the client.");

    /// <summary><c>prompt=none</c>, but a provider has to be visited.</summary>
    public static OAuthError InteractionRequired { get; } = new("interaction_required", "The person has to connect an account.");

    /// <summary>Request objects by value (RFC 9101) are not taken.</summary>
    public static OAuthError RequestNotSupported { get; } = new("request_not_supported", "Request objects are not supported.");

    /// <summary>Request objects by reference are not taken.</summary>
    public static OAuthError RequestUriNotSupported { get; } = new("request_uri_not_supported", "The request_uri parameter is not supported.");

    /// <summary>Registration inside the request is not taken.</summary>
    public static OAuthError RegistrationNotSupported { get; } = new("registration_not_supported", "The registration parameter is not supported.");
}
