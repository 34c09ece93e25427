namespace Keyholder.Users;

/// <summary>A person who can sign in.</summary>
/// <param name="Id">Opaque, minted by the server, never reused.</param>
/// <param name="DisplayName">For pages and lists; no identity rests on it.</param>
/// <param name="CreatedAt">When the user was first seen or added.</param>
/// <param name="DisabledAt">Since when sign-in and refresh are refused; null while enabled.</param>
/// <param name="Administrator">Whether the user may administer Keyholder: see and cut every session, read the audit trail.</param>
public sealed record User(string Id, string DisplayName, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt = null, bool Administrator = false);
