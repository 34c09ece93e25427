using Keyholder.Upstream.Revocation;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>The words of the API and the command line for credentials.</summary>
internal static class CredentialWords
{
    public const string StatusProblem = "has to be active, orphaned, needs_reauth or needs_update.";
    public const string KindProblem = "has to be oauth or headers.";
    public const string OwnerKindProblem = "has to be user, vk, session or shared.";
    public const string RevocationStatusProblem = "has to be pending, done or failed.";

    public static string Status(CredentialStatus status) => status switch
    {
        CredentialStatus.Active => "active",
        CredentialStatus.Orphaned => "orphaned",
        CredentialStatus.NeedsReauth => "needs_reauth",
        _ => "needs_update",
    };

    public static CredentialStatus? ParseStatus(string text) => Parse<CredentialStatus>(text, Status);

    public static string Kind(CredentialKind kind) => kind == CredentialKind.OAuth ? "oauth" : "headers";

    public static CredentialKind? ParseKind(string text) => Parse<CredentialKind>(text, Kind);

    public static CredentialOwnerKind? ParseOwnerKind(string text) => Parse<CredentialOwnerKind>(text, kind => new CredentialOwner(kind, "").KindName);

    public static string RevocationStatus(UpstreamRevocationStatus status) => status switch
    {
        UpstreamRevocationStatus.Pending => "pending",
        UpstreamRevocationStatus.Done => "done",
        _ => "failed",
    };

    public static UpstreamRevocationStatus? ParseRevocationStatus(string text) => Parse<UpstreamRevocationStatus>(text, RevocationStatus);

    /// <summary>
    /// What would make a credential usable, everywhere and for everything that wants it: <c>reconnect</c> (its person authorizes again), <c>resubmit</c> (its person submits the headers again),
    /// <c>restore_grant</c> (an administrator grants its owner the resource again), <c>configure_provider</c> (there is no such provider any more); null = nothing is needed.
    /// </summary>
    public static string? NextAction(CredentialStatus status, bool isWanting, bool providerIsConfigured) => (status, providerIsConfigured) switch
    {
        (_, false) => "configure_provider",
        (CredentialStatus.NeedsReauth, _) => "reconnect",
        (CredentialStatus.NeedsUpdate, _) => "resubmit",
        (CredentialStatus.Orphaned, _) => "restore_grant",
        _ when isWanting => "reconnect",
        _ => null,
    };

    private static T? Parse<T>(string text, Func<T, string> word)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => word(value!.Value) == text);
}
