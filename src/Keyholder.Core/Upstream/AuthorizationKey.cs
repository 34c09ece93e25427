using System.Runtime.CompilerServices;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Upstream;

/// <summary>Whose request to which resource. The resource counts as the object it is: after a reload of the configuration it is another one.</summary>
internal readonly struct AuthorizationKey : IEquatable<AuthorizationKey>
{
    public AuthorizationKey(Resource resource, AccessToken accessToken)
    {
        Resource = resource;
        Subject = accessToken.Subject;
        Session = accessToken.SessionId;
        ClientId = accessToken.ClientId;
    }

    public Resource Resource { get; }

    public Subject Subject { get; }

    public SessionId Session { get; }

    public string ClientId { get; }

    /// <summary>Who asks.</summary>
    public CredentialBinding Caller => new(Subject, ClientId);

    public CredentialKey CredentialOf(Provider provider) => new(CredentialOwner.For(provider, Subject, Session), provider.Name);

    public bool Equals(AuthorizationKey other) =>
        ReferenceEquals(Resource, other.Resource) && Session == other.Session && Subject == other.Subject && ClientId == other.ClientId;

    public override bool Equals(object? obj) => obj is AuthorizationKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Resource), Session);
}
