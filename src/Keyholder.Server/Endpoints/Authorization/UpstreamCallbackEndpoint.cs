using System.Security.Cryptography;
using System.Text;
using Keyholder.Authorization;
using Keyholder.Resources;
using Keyholder.Server.Pages;
using Keyholder.Storage;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>
/// Keyholder's redirect URIs at providers: the shared one, and those of one provider each. Which provider, which request and what for is read from the pending flow
/// alone; where the answer arrived is only compared with where it was to arrive. Before the flow is claimed for this browser, nothing is exchanged.
/// </summary>
internal sealed class UpstreamCallbackEndpoint(
    IConnectionFlowStore flows,
    PendingRequests requests,
    IResourceSource resources,
    SignInCallback signIn,
    ConnectCallback connect,
    AuthorizationEnding ending,
    OwnClient own,
    TimeProvider time)
{
    private const int MaxStateLength = 512;

    /// <param name="http">The request of the browser.</param>
    /// <param name="provider">The name in the path; null at the shared redirect URI.</param>
    public async Task<IResult> GetAsync(HttpContext http, string? provider)
    {
        var query = http.Request.QueryString.Value ?? "";
        var parameters = AuthorizationParameters.Parse(query.Length > 0 ? query[1..] : "");
        if (parameters.Failed || parameters.Value.AnyRepeated || parameters.Value["state"] is not { Length: <= MaxStateLength } state)
        {
            return new ErrorPageResult(PageErrors.CallbackMalformed);
        }

        if (SecretCookie.Browser.ReadHash(http.Request) is not { } browserHash)
        {
            return new ErrorPageResult(PageErrors.OtherBrowser);
        }

        var (outcome, flow) = await flows.ClaimAsync(SHA256.HashData(Encoding.UTF8.GetBytes(state)), browserHash, time.GetUtcNow(), http.RequestAborted);
        return outcome switch
        {
            ConnectionClaimOutcome.Claimed => await FinishAsync(http, flow!, new LegCallback(provider is null ? own.SharedCallback : own.OwnCallback(provider), parameters.Value["code"], parameters.Value["iss"], parameters.Value["error"])),
            ConnectionClaimOutcome.OtherBrowser => new ErrorPageResult(PageErrors.OtherBrowser),
            ConnectionClaimOutcome.Expired => new ErrorPageResult(PageErrors.CallbackExpired),
            ConnectionClaimOutcome.AlreadyClaimed => new ErrorPageResult(PageErrors.CallbackUsed),
            _ => new ErrorPageResult(PageErrors.CallbackUnknown),
        };
    }

    private async Task<IResult> FinishAsync(HttpContext http, ConnectionFlow flow, LegCallback response)
    {
        var (request, error) = await requests.FindAsync(http, flow.AuthorizationRequestId);
        if (request is null)
        {
            return new ErrorPageResult(error!);
        }

        if (request.Phase is AuthorizationPhase.Completed or AuthorizationPhase.Failed)
        {
            return new ErrorPageResult(PageErrors.RequestFinished);
        }

        if (time.GetUtcNow() >= request.ExpiresAt)
        {
            return new ErrorPageResult(PageErrors.RequestExpired);
        }

        if (resources.Current.FindProvider(flow.Provider) is not { } provider)
        {
            return await ending.FailAsync(http, request, UpstreamRedirect.Error(LegOutcome.Rejected).Because("The provider of the pending flow is not configured any more."));
        }

        return flow.Purpose == ConnectionPurpose.SignIn
            ? await signIn.FinishAsync(http, request, provider, flow, response)
            : await connect.FinishAsync(http, request, provider, flow, response);
    }
}
