namespace Keyholder.Server.Pages;

/// <summary>Every error page there is. The ids are stable; docs/errors.md lists them.</summary>
internal static class PageErrors
{
    private const string StartAgain = "Go back to the app and connect again.";

    public static PageError RequestMalformed { get; } = new("authorize_malformed", 400, "This link is broken", "The app sent something that is not a valid authorization request. " + StartAgain);

    public static PageError ClientUnknown { get; } = new("authorize_client_unknown", 400, "This app is not known here", "It has not registered, or its registration has expired. Remove the connection in the app and add it again.");

    public static PageError ClientDocumentUnusable { get; } = new("authorize_client_document_unusable", 400, "This app could not be checked", "Its description could not be fetched from the address that is its id, or it is not acceptable. Try again in a minute; if it stays so, ask whoever makes the app.");

    public static PageError TooManyClientDocuments { get; } = new("authorize_client_document_limit", 429, "Too many new apps at once", "Wait a minute and try again.");

    public static PageError RedirectUriNotRegistered { get; } = new("authorize_redirect_uri_mismatch", 400, "This link cannot be trusted", "The app asks to be answered at an address it has not registered. Do not go on unless you know why.");

    public static PageError RedirectUriMissing { get; } = new("authorize_redirect_uri_missing", 400, "This link is incomplete", "The app did not say where to send the answer. " + StartAgain);

    public static PageError ParameterRepeated { get; } = new("authorize_parameter_repeated", 400, "This link is broken", "It says who is asking, or where to answer, more than once. " + StartAgain);

    public static PageError TooManyRequests { get; } = new("too_many_requests", 429, "Too many at once", "Too many sign-ins were begun from your network. Wait a minute and try again.");

    public static PageError PushedRequestUnknown { get; } = new("authorize_request_uri_unknown", 400, "This link does not work any more", "The app's request was used before, took too long or belongs to another app. " + StartAgain);

    public static PageError RequestUnknown { get; } = new("request_unknown", 404, "There is nothing to do here", "The sign-in you followed does not exist any more. " + StartAgain);

    public static PageError OtherBrowser { get; } = new("request_other_browser", 403, "This began in another browser", "For your safety a sign-in can be finished only in the browser it began in. " + StartAgain);

    public static PageError RequestFinished { get; } = new("request_finished", 410, "This is already done", "The request was answered before. You can close this page.");

    public static PageError RequestExpired { get; } = new("request_expired", 410, "This took too long", "The request has expired. " + StartAgain);

    public static PageError RequestConflict { get; } = new("request_conflict", 409, "This was decided in another tab", "The request was approved while this page was open. Nothing more is needed here.");

    public static PageError SubjectChanged { get; } = new("request_subject_changed", 403, "Somebody else is signed in", "The person signed in to this browser is not the one who began this request. Sign out, or go back to the app and connect again.");

    public static PageError VirtualKeyOfOthers { get; } = new("connect_virtual_key_refused", 403, "This virtual key is not yours", "Only its owner or an administrator can connect for it, or whoever has the key itself. Sign out, open the link again, and sign in as one of them or enter the key.");

    public static PageError FormRefused { get; } = new("form_refused", 403, "This page was out of date", "Nothing was changed. Go on to see the current state.");

    public static PageError FormMalformed { get; } = new("form_malformed", 400, "The form could not be read", "Nothing was changed. Go back and try again.");

    public static PageError ProviderUnknown { get; } = new("sign_in_provider_unknown", 404, "There is no such way to sign in", "Go back and choose another one.");

    public static PageError ProviderSignInFailed { get; } = new("sign_in_provider_failed", 403, "The sign-in was not completed", "The provider did not confirm who you are. You can try again or choose another way.");

    public static PageError ProviderUnavailable { get; } = new("sign_in_provider_unavailable", 503, "The provider cannot be reached", "Try again in a moment, or choose another way to sign in.");

    public static PageError UserDisabled { get; } = new("sign_in_refused", 403, "You cannot sign in", "Your access has been switched off. Ask the operator of this server.");

    public static PageError CallbackMalformed { get; } = new("callback_malformed", 400, "This answer is broken", "The provider's answer could not be read. " + StartAgain);

    public static PageError CallbackUnknown { get; } = new("callback_unknown", 400, "Nobody was waiting for this", "The provider's answer belongs to no sign-in that was begun here. " + StartAgain);

    public static PageError CallbackUsed { get; } = new("callback_used", 410, "This answer was used before", "The provider's answer counts once. " + StartAgain);

    public static PageError CallbackMixedUp { get; } = new("callback_mixed_up", 400, "This answer came from somewhere else", "It is not from the provider you were sent to, or came back to the wrong place. Nothing was connected, and nothing was passed on. If it happens again, do not connect this resource, and tell the operator of this server.");

    public static PageError CallbackOutOfTurn { get; } = new("callback_out_of_turn", 409, "This answer came out of turn", "It belongs to a step that is over, or not yet due. Go on to see the current one.");

    public static PageError ProviderNotConnected { get; } = new("provider_not_connected", 502, "It was not connected", "The provider did not give Keyholder a key. You can try again, or go on without it.");

    public static PageError ConnectionWithdrawn { get; } = new("connection_withdrawn", 410, "This connection was withdrawn", "It was deleted while the provider answered, and nothing was stored. Go on if you want to connect it again.");

    public static PageError ConnectLinkUnknown { get; } = new("connect_link_unknown", 404, "This link does not work any more", "It was made for a few minutes only, was used already, or what it was for has ended. Repeat in your app what you were doing: it will give you a new link.");

    public static PageError CallbackExpired { get; } = new("callback_expired", 410, "This took too long", "The provider's answer came too late. " + StartAgain);
}
