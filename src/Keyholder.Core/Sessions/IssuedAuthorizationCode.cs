namespace Keyholder.Sessions;

/// <summary>A code for the client, and the session that holds its hash.</summary>
/// <param name="Session">To be inserted by <see cref="Storage.IAuthorizationRequestStore.CompleteAsync"/>.</param>
/// <param name="Code">The <c>code</c> parameter of the authorization response. Secret.</param>
public sealed record IssuedAuthorizationCode(Session Session, string Code)
{
    /// <inheritdoc />
    public override string ToString() => $"authorization code of {Session}";
}
