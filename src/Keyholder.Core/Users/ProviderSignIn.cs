using System.Text;
using Keyholder.Audit;
using Keyholder.Storage;

namespace Keyholder.Users;

/// <summary>Signs people in whom a provider has identified. The identity is (provider, subject), and nothing else links accounts.</summary>
public sealed class ProviderSignIn(IUserStore users, IAuditStore audit, TimeProvider time)
{
    /// <summary>The longest display name kept, in characters.</summary>
    public const int MaxDisplayNameLength = 128;

    /// <summary>How someone signs in with an identity, in the words of the audit trail.</summary>
    public static string Means(ProviderIdentity identity) => "provider " + identity.Provider;

    /// <summary>The user of <paramref name="identity"/>, added at the first sign-in; null when disabled. A failure is audited here, a success with the browser session it leads to.</summary>
    /// <param name="identity">Who the provider says it is.</param>
    /// <param name="displayName">A name for pages, used at the first sign-in only.</param>
    /// <param name="origin">Where the person comes from.</param>
    /// <param name="cancellationToken">Cancels before the write, not after.</param>
    public async Task<User?> SignInAsync(ProviderIdentity identity, string? displayName, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var shown = Clean(displayName);
        var candidate = new User(UserId.Create(), shown.Length > 0 ? shown : $"{identity.Provider} user", now);
        var user = await users.FindOrAddByIdentityAsync(identity, candidate, Event(AuditActions.UserAdded, candidate, now), cancellationToken);
        if (user.DisabledAt is null)
        {
            return user;
        }

        await audit.AppendAsync(Event(AuditActions.SignInFailed, user, now), cancellationToken);
        return null;

        AuditEvent Event(string action, User about, DateTimeOffset at) => new()
        {
            At = at,
            Action = action,
            Actor = "user:" + about.Id,
            Target = "user:" + about.Id,
            Reason = Means(identity),
            RemoteAddress = origin.RemoteAddress,
            RequestId = origin.RequestId,
        };
    }

    /// <summary>What of a name is text that every database stores: no control characters, no halves of characters.</summary>
    private static string Clean(string? name)
    {
        var text = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes().Where(rune => !Rune.IsControl(rune)))
        {
            if (text.Length + rune.Utf16SequenceLength > MaxDisplayNameLength)
            {
                break;
            }

            text.Append(rune);
        }

        return text.ToString().Trim();
    }
}
