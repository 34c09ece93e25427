using Keyholder.OAuth;
using Keyholder.Tests.Endpoints;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>The forms clients and strangers send.</summary>
internal static class ModelRequests
{
    public static OAuthParameters Redeem(LiveSession session, SessionOperation.Redeem redeem) => Create(
        session,
        redeem.Variation,
        ("grant_type", GrantTypes.AuthorizationCode),
        ("code", session.Code),
        ("code_verifier", redeem.Variation == RequestVariation.WrongVerifier ? new string('a', 43) : TokenHost.Verifier),
        ("redirect_uri", TokenHost.RedirectUri + (redeem.Variation == RequestVariation.WrongRedirectUri ? "/" : "")));

    public static OAuthParameters Refresh(LiveSession session, SessionOperation.Refresh refresh) => Create(
        session,
        refresh.Variation,
        ("grant_type", GrantTypes.RefreshToken),
        ("refresh_token", session.RefreshToken(refresh.Generation)));

    private static OAuthParameters Create(LiveSession session, RequestVariation variation, params (string Name, string? Value)[] form)
    {
        (string Name, string? Value)[] rest =
        [
            ("client_id", variation is RequestVariation.OtherClient or RequestVariation.OtherClientAndWiderScope ? "other" : session.ClientId),
            ("scope", variation switch
            {
                RequestVariation.NarrowerScope => "mcp:read",
                RequestVariation.WiderScope or RequestVariation.OtherClientAndWiderScope => "mcp:read mcp:admin",
                _ => null,
            }),
            ("resource", variation switch
            {
                RequestVariation.NamesResource => TokenHost.Resource.Uri,
                RequestVariation.OtherResource => TokenHost.OtherResource.Uri,
                RequestVariation.UnknownResource => "https://elsewhere.example/mcp",
                _ => null,
            }),
        ];
        return OAuthParameters.Create(form.Concat(rest).Select(p => KeyValuePair.Create(p.Name, p.Value))).Value!;
    }
}
