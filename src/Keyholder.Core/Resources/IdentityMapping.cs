namespace Keyholder.Resources;

/// <summary>Where to learn which account at a provider a credential belongs to. Members are dotted paths, such as <c>owner.user.id</c>.</summary>
public sealed record IdentityMapping
{
    /// <summary>The account stays unknown.</summary>
    public static IdentityMapping None { get; } = new();

    /// <summary>The <c>sub</c> of the ID token (OpenID Connect).</summary>
    public static IdentityMapping IdToken { get; } = new() { From = IdentitySource.IdToken };

    /// <summary>What names the account: <c>none</c>, <c>idToken</c>, <c>tokenResponse</c> or <c>userInfo</c>.</summary>
    public IdentitySource From { get; init; }

    /// <summary>The document that names the account of an access token, for <c>userInfo</c>. An access token that may not read it (401, 403) leaves the account unknown.</summary>
    public string? Url { get; init; }

    /// <summary>The members that together are the account's stable identifier; all of them have to be there. Default: <c>sub</c>.</summary>
    public IReadOnlyList<string> Subject { get; init; } = ["sub"];

    /// <summary>The members that may hold a name for pages; the first that does is shown. Default: <c>name</c>, <c>preferred_username</c>, <c>email</c>.</summary>
    public IReadOnlyList<string> Name { get; init; } = ["name", "preferred_username", "email"];
}
