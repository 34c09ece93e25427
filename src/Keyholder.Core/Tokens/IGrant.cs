using Keyholder.OAuth;

namespace Keyholder.Tokens;

/// <summary>One way to obtain tokens (RFC 6749 section 4). What all ways share has happened before, see <see cref="TokenGrants"/>.</summary>
public interface IGrant
{
    /// <summary>The <c>grant_type</c>.</summary>
    string GrantType { get; }

    /// <summary>Checks everything that can fail innocently, makes one transition, and answers. Infrastructure failures are thrown.</summary>
    ValueTask<OAuthResult<TokenResponse>> ExecuteAsync(GrantRequest request, CancellationToken cancellationToken);
}
