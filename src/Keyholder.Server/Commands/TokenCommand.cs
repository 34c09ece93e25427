using System.CommandLine;
using Keyholder.Revocation;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder token</c>: single tokens, written straight to the database, whether or not the server runs.</summary>
internal static class TokenCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var id = new Argument<string>("jti") { Description = "The token's id: the jti claim of an access token, or the id of a browser session (as the audit trail names it) or of an admin token." };
        var expiresAt = new Option<string?>("--expires-at") { Description = "When the token itself expires, for one that lives longer than an access token: an ISO 8601 date, UTC unless it names an offset." };
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit trail." };
        var revoke = new Command("revoke", "Revokes one token.") { id, expiresAt, reason };
        revoke.SetAction(async (parsed, cancellationToken) =>
        {
            var expiry = MomentText.Read(parsed.GetValue(expiresAt));
            await using var session = await KillSwitchSession.OpenAsync(parsed.GetValue(config), context, cancellationToken);
            var request = new RevocationRequest(new(RevocationTargetKind.Token, parsed.GetRequiredValue(id))) { ExpiresAt = expiry, Reason = parsed.GetValue(reason) };
            await session.RevokeAsync(request, dryRun: false, cancellationToken);
            return 0;
        });

        return new Command("token", "Revokes single tokens.") { revoke };
    }
}
