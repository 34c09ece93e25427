using Keyholder.Resources;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Gateway;

/// <summary>A vault that says what it is told.</summary>
internal sealed class ScriptedAuthorizer : IUpstreamAuthorizer
{
    public const string FirstCredential = "upstream-credential-1";
    public const string SecondCredential = "upstream-credential-2";

    public static UpstreamAuthorization ReconnectRequired { get; } = UpstreamAuthorization.Lacks([]);

    private int _reauthorizations;

    public UpstreamAuthorization First { get; set; } = With(FirstCredential, 1);

    public UpstreamAuthorization Second { get; set; } = With(SecondCredential, 2);

    /// <summary>What there is after <see cref="Second"/> was rejected too.</summary>
    public UpstreamAuthorization Third { get; set; } = ReconnectRequired;

    public int Reauthorizations => Volatile.Read(ref _reauthorizations);

    public UpstreamAuthorization? Rejected { get; private set; }

    public UpstreamAuthorization? Accepted { get; private set; }

    public ValueTask<UpstreamAuthorization> AuthorizeAsync(Resource resource, AccessToken accessToken, CancellationToken cancellationToken) => new(First);

    public ValueTask<UpstreamAuthorization> ReauthorizeAsync(Resource resource, AccessToken accessToken, UpstreamAuthorization rejected, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reauthorizations);
        Rejected = rejected;
        return new(rejected == Second || rejected == Third ? Third : Second);
    }

    public ValueTask AcceptedAsync(UpstreamAuthorization accepted)
    {
        Accepted = accepted;
        return default;
    }

    private static UpstreamAuthorization With(string credential, long version) => new()
    {
        Outcome = UpstreamAuthorizationOutcome.Available,
        Headers = [new("Authorization", "Bearer " + credential)],
        Used = [new(new CredentialKey(new CredentialOwner(CredentialOwnerKind.User, "u"), "demo"), version)],
    };
}
