using Keyholder.Authorization;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Takes the form of a leg (<c>decision=connect|skip|cancel</c>, and header values). What was entered is never shown again.</summary>
internal sealed class LegEndpoint(
    PendingRequests requests,
    SignedInBrowser signedIn,
    AuthorizationDispatcher dispatcher,
    AuthorizationPages pages,
    UpstreamRedirect upstream,
    HeaderSetVerifier verifier,
    LegCompletion completion,
    IAuthorizationRequestStore store,
    AuthorizationEnding ending,
    AuthorizationRateLimit rateLimit,
    TimeProvider time)
{
    /// <summary>What the names of fields with header values begin with.</summary>
    public const string HeaderField = "header.";

    private const string Refused = "The system behind it does not accept these values. Check them and enter them again.";
    private const string Unavailable = "Whether the values are good cannot be found out now. Nothing was stored; try again in a moment.";

    public async Task<IResult> PostAsync(HttpContext http)
    {
        var pairs = await OAuthForm.ReadPairsAsync(http.Request, http.RequestAborted);
        var form = pairs.Failed ? pairs.Error : OAuthParameters.Create(pairs.Value);
        if (form.Failed)
        {
            return new ErrorPageResult(PageErrors.FormMalformed);
        }

        var (request, error) = await requests.FindAsync(http, form.Value["request"]);
        if (request is null)
        {
            return new ErrorPageResult(error!);
        }

        var found = await signedIn.FindAsync(http);
        var decision = await dispatcher.DecideAsync(request, found?.Session, http.RequestAborted);
        if (decision.Step is not (AuthorizationStep.OfferConnection or AuthorizationStep.EnterHeaders))
        {
            return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
        }

        if (!pages.IsLegForm(request, decision.Provider!, form.Value["csrf"]))
        {
            return new ErrorPageResult(PageErrors.FormRefused, AuthorizationPaths.ContinueUrl(request.Id));
        }

        return form.Value["decision"] switch
        {
            "connect" when decision.Step == AuthorizationStep.OfferConnection => await upstream.ConnectAsync(http, request, decision.Provider!),
            "connect" => await TakeHeadersAsync(http, request, decision, pairs.Value!),
            "skip" when request.NextLeg is { Required: false } leg => await SkipAsync(http, request, leg),
            "cancel" => await ending.FailAsync(http, request, OAuthErrors.AccessDenied),
            _ => new ErrorPageResult(PageErrors.FormMalformed, AuthorizationPaths.ContinueUrl(request.Id)),
        };
    }

    private async Task<IResult> SkipAsync(HttpContext http, AuthorizationRequest request, AuthorizationLeg leg)
    {
        await store.AdvanceAsync(request.Id, leg with { State = LegState.Skipped }, time.GetUtcNow(), http.RequestAborted);
        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    private async Task<IResult> TakeHeadersAsync(HttpContext http, AuthorizationRequest request, AuthorizationDecision decision, List<KeyValuePair<string, string?>> fields)
    {
        var provider = decision.Provider!;
        var submitted = fields.Where(field => field.Key.StartsWith(HeaderField, StringComparison.Ordinal))
            .Select(field => KeyValuePair.Create(field.Key[HeaderField.Length..], field.Value ?? ""));
        var reading = HeaderSetPolicy.Read(provider.Headers, submitted);
        if (reading.Headers is not { } headers)
        {
            return pages.Leg(request, decision, Problem(reading, decision), StatusCodes.Status400BadRequest);
        }

        // Each try asks the upstream: nobody finds out by trying what it accepts.
        if (!rateLimit.Admit(http.Connection.RemoteIpAddress))
        {
            return new TooManyRequestsResult(AuthorizationPaths.ContinueUrl(request.Id));
        }

        return await verifier.VerifyAsync(provider, headers, decision.Resource, http.RequestAborted) switch
        {
            HeaderSetVerdict.Accepted => await KeepAsync(http, request, provider, headers),
            HeaderSetVerdict.Refused => pages.Leg(request, decision, Refused, StatusCodes.Status422UnprocessableEntity),
            _ => pages.Leg(request, decision, Unavailable, StatusCodes.Status503ServiceUnavailable),
        };
    }

    /// <summary>Asking the upstream took its time: what was wanted then has to be wanted still, by the same person.</summary>
    private async Task<IResult> KeepAsync(HttpContext http, AuthorizationRequest request, Provider provider, HeaderSet headers)
    {
        var found = await signedIn.FindAsync(http);
        return await store.FindAsync(request.Id, http.RequestAborted) is { } now
            && await dispatcher.DecideAsync(now, found?.Session, http.RequestAborted) is { Step: AuthorizationStep.EnterHeaders, Provider: { } wanted }
            && wanted.Name == provider.Name
                ? await completion.KeepAsync(http, request, provider, headers, account: null, flow: null)
                : new SeeOtherResult(AuthorizationPaths.ContinueUrl(request.Id));
    }

    private static string Problem(HeaderSetReading reading, AuthorizationDecision decision)
    {
        var labels = decision.Provider!.Headers.ToDictionary(header => header.Name, header => header.Label, StringComparer.Ordinal);
        return reading.Missing.Count > 0
            ? $"Missing: {string.Join(", ", reading.Missing.Select(name => labels[name]))}."
            : $"Not usable as entered: {string.Join(", ", reading.Malformed.Select(name => labels[name]))}.";
    }
}
