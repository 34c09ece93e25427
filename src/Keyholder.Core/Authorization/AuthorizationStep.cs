namespace Keyholder.Authorization;

/// <summary>What has to happen next to a pending authorization request.</summary>
public enum AuthorizationStep
{
    /// <summary>Show the sign-in page.</summary>
    SignIn,

    /// <summary>The browser is signed in already: take its user as the subject.</summary>
    AcceptSignIn,

    /// <summary>The resource wants no sign-in: make the session its own subject.</summary>
    AcceptAnonymous,

    /// <summary>Show the consent page.</summary>
    Consent,

    /// <summary>A remembered approval suffices.</summary>
    AcceptConsent,

    /// <summary>Ask the person whether to connect what a link is for.</summary>
    ConfirmConnection,

    /// <summary>Keep the decision's legs.</summary>
    PlanLegs,

    /// <summary>Send the person to the decision's provider.</summary>
    Connect,

    /// <summary>Ask the person whether to go to the decision's provider, which the resource can do without.</summary>
    OfferConnection,

    /// <summary>Ask the person for the header values of the decision's provider.</summary>
    EnterHeaders,

    /// <summary>Issue the code.</summary>
    Complete,

    /// <summary>End the request and tell the client the decision's error.</summary>
    Fail,

    /// <summary>The browser is signed in as somebody other than the request's subject.</summary>
    RefuseSubject,

    /// <summary>The client is gone, or no longer has this redirect URI: nothing may be redirected.</summary>
    RefuseClient,

    /// <summary>The request has ended already.</summary>
    Finished,

    /// <summary>The request's time is over.</summary>
    Expired,
}
