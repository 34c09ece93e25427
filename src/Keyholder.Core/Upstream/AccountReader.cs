using System.Net;
using System.Net.Http.Headers;
using Keyholder.Resources;

namespace Keyholder.Upstream;

/// <summary>Learns which account at a provider a fresh token set belongs to, from where the provider is configured to say it.</summary>
internal sealed class AccountReader(GuardedHttp http, IdTokenValidator idTokens)
{
    /// <summary>The account of a completed leg; unknown when the provider does not say. A sign-in needs a valid ID token.</summary>
    public async Task<AccountResult> ReadAsync(
        Provider provider, ProviderMetadata metadata, TokenEndpointResult exchanged, LegSecrets secrets, CancellationToken cancellationToken)
    {
        if (secrets.SignIn)
        {
            return exchanged.IdToken is null || provider.Kind != ProviderKind.Oidc
                ? AccountResult.Rejected("The token response has no ID token.")
                : await idTokens.ValidateAsync(exchanged.IdToken, provider, metadata, secrets.Nonce, cancellationToken);
        }

        return provider.Identity.From switch
        {
            IdentitySource.IdToken when exchanged.IdToken is { } idToken => provider.Kind == ProviderKind.Oidc
                ? await idTokens.ValidateAsync(idToken, provider, metadata, secrets.Nonce, cancellationToken)
                : idTokens.ReadDirect(idToken, provider, secrets.Nonce),
            IdentitySource.TokenResponse => exchanged.Account,
            IdentitySource.UserInfo => await FetchAsync(provider, exchanged.Tokens!.AccessToken, cancellationToken),
            _ => AccountResult.Unknown,
        };
    }

    /// <summary>Whether a refresh names another account than the credential's. One that names none says nothing.</summary>
    public bool IsOther(Provider provider, string? subject, TokenEndpointResult refreshed)
    {
        var named = provider.Identity.From == IdentitySource.TokenResponse ? refreshed.Account.Subject
            : refreshed.IdToken is { } idToken ? idTokens.ReadSubject(idToken, provider)
            : null;
        return subject is not null && named is not null && named != subject;
    }

    private async Task<AccountResult> FetchAsync(Provider provider, string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.Identity.Url);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd("Keyholder");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var response = await http.SendAsync(request, TrustedOrigins.Of(provider), cancellationToken);
        if (response.Outcome is GuardedOutcome.Unreachable or GuardedOutcome.TimedOut
            || (response.Outcome == GuardedOutcome.Answered && ((int)response.Status >= 500 || response.Status == HttpStatusCode.TooManyRequests)))
        {
            return AccountResult.Unavailable("The account document cannot be had now.");
        }

        if (response is { Outcome: GuardedOutcome.Answered, Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden })
        {
            return AccountResult.Unknown;
        }

        using var document = response is { Outcome: GuardedOutcome.Answered, Status: HttpStatusCode.OK, IsJson: true } ? StrictJson.ParseObject(response.Body) : null;
        return document is not null && AccountPolicy.Read(document.RootElement, provider.Identity) is { Subject: not null } account
            ? account
            : AccountResult.Rejected("The account document is not one strict JSON object that names the account.");
    }
}
