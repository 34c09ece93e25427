using Keyholder.Authorization;
using Keyholder.Authorization.Device;
using Keyholder.OAuth;
using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization.Device;

/// <summary>
/// Where a person enters the code of a device (RFC 8628 section 3.3). A link may fill the field in, and no more: what it is for is asked from the store only once the form came back. From
/// there on the request goes the way of every other one.
/// </summary>
internal sealed class UserCodeEndpoint(DeviceAuthorizations devices, UserCodeThrottle throttle, AuthorizationRateLimit rateLimit, CsrfTokens csrf)
{
    private const string Form = "user-code";
    private const string Unknown = "No device waits with that code. Check it, or start again on the device: a code works once, for a few minutes.";
    private const string RateLimited = "Too many wrong codes. Wait a minute and try again.";

    public IResult Get(HttpContext http)
    {
        var known = UserCode.TryParse(http.Request.Query["user_code"], out var code) ? UserCode.Display(code) : null;
        return Page(http, known);
    }

    public async Task<IResult> PostAsync(HttpContext http)
    {
        var form = await OAuthForm.ReadAsync(http.Request, http.RequestAborted);
        if (form.Failed)
        {
            return new ErrorPageResult(PageErrors.FormMalformed);
        }

        if (SecretCookie.Browser.ReadHash(http.Request) is not { } browserHash || !csrf.Verify(form.Value["csrf"], browserHash, Form))
        {
            return new ErrorPageResult(PageErrors.FormRefused, EndpointPaths.Device);
        }

        if (!UserCode.TryParse(form.Value["user_code"], out var code))
        {
            return Page(http, code: null, Unknown, StatusCodes.Status400BadRequest);
        }

        var address = http.Connection.RemoteIpAddress;
        if (!throttle.TryBegin(address, browserHash))
        {
            http.Response.Headers.RetryAfter = "60";
            return Page(http, UserCode.Display(code), RateLimited, StatusCodes.Status429TooManyRequests);
        }

        if (!rateLimit.Admit(address))
        {
            return new TooManyRequestsResult(EndpointPaths.Device);
        }

        if (await devices.BeginAsync(code, PendingRequests.CreateId(), browserHash, http.RequestAborted) is not { } requestId)
        {
            return Page(http, UserCode.Display(code), Unknown, StatusCodes.Status400BadRequest);
        }

        throttle.Forgive(address, browserHash);
        return new SeeOtherResult(AuthorizationPaths.ContinueUrl(requestId));
    }

    private PageResult<UserCodePage> Page(HttpContext http, string? code, string? problem = null, int status = StatusCodes.Status200OK)
    {
        var browserHash = SecretCookie.Browser.ReadHash(http.Request) ?? SecretCookie.Browser.Set(http.Response);
        return new(status, new()
        {
            [nameof(UserCodePage.Code)] = code,
            [nameof(UserCodePage.CsrfToken)] = csrf.Create(browserHash, Form),
            [nameof(UserCodePage.Problem)] = problem,
        });
    }
}
