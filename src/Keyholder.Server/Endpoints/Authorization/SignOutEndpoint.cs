using Keyholder.Authorization;
using Keyholder.Server.Pages;

namespace Keyholder.Server.Endpoints.Authorization;

/// <summary>Signs a browser out. Sessions of clients are not touched.</summary>
internal sealed class SignOutEndpoint(SignedInBrowser signedIn, CsrfTokens csrf)
{
    private const string Form = "sign-out";

    public async Task<IResult> GetAsync(HttpContext http)
    {
        if (await signedIn.FindAsync(http) is not { } found)
        {
            return Page(userName: null, csrfToken: null);
        }

        var browserHash = SecretCookie.Browser.ReadHash(http.Request) ?? SecretCookie.Browser.Set(http.Response);
        return Page(DisplayText.Clean(found.User.DisplayName, found.User.Id), csrf.Create(browserHash, Form));
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
            return new ErrorPageResult(PageErrors.FormRefused, AuthorizationPaths.SignOut);
        }

        await signedIn.SignOutAsync(http);
        return new SeeOtherResult(AuthorizationPaths.SignOut);
    }

    private static PageResult<SignOutPage> Page(string? userName, string? csrfToken) => new(
        StatusCodes.Status200OK,
        new() { [nameof(SignOutPage.UserName)] = userName, [nameof(SignOutPage.CsrfToken)] = csrfToken });
}
