using System.Collections.Concurrent;
using System.Text;
using Keyholder.Resources;
using Keyholder.Revocation;
using Keyholder.Sessions;
using Keyholder.Tokens;

namespace Keyholder.VirtualKeys;

/// <summary>
/// The only way a virtual key is ever accepted at a resource: a key is an opaque access token for every resource it is granted. What this server did not write is
/// refused without a read; a key seen before costs a hash and a few look-ups. Secret, overlap, expiry, state, grant and the kill switch are checked every time.
/// </summary>
public sealed class VirtualKeyAuthenticator(
    OpaqueTokenFormats formats, VirtualKeyAccesses accesses, RevocationIndex revocations, VirtualKeyUses uses, TimeProvider time)
{
    private const int MaxLength = 256;
    private const int Capacity = 20_000;

    // Texts whose MAC was found good and whose secret was the key's: what they say never changes.
    private readonly ConcurrentDictionary<AccessTokenDigest, PresentedKey> _known = new();

    /// <summary>Whether a bearer token claims to be a virtual key.</summary>
    public static bool IsClaimed(ReadOnlySpan<char> bearer) => bearer.StartsWith(OpaqueTokenFormats.VirtualKeyPrefix, StringComparison.Ordinal);

    /// <summary>Judges a key that is presented at a resource. Completes at once unless the key has to be read.</summary>
    public ValueTask<VirtualKeyUse> AuthenticateAsync(ReadOnlySpan<char> text, Resource resource, CancellationToken cancellationToken)
    {
        if (Parse(text, out var digest) is not { } presented)
        {
            return new(new VirtualKeyUse(VirtualKeyUseOutcome.Invalid));
        }

        return accesses.TryGet(presented.KeyId, out var access)
            ? new(Judge(presented, digest, access, resource))
            : ReadAsync(presented, digest, resource, cancellationToken);
    }

    /// <summary>Judges a session of a key whose access token was validated: the key, not the token, says what may be used.</summary>
    public ValueTask<VirtualKeyUse> AuthorizeAsync(AccessToken accessToken, Resource resource, CancellationToken cancellationToken) =>
        accesses.TryGet(accessToken.Subject.Id, out var access)
            ? new(Judge(access, accessToken.AuthenticatedAt, resource))
            : ReadAsync(accessToken, resource, cancellationToken);

    private async ValueTask<VirtualKeyUse> ReadAsync(PresentedKey presented, AccessTokenDigest digest, Resource resource, CancellationToken cancellationToken) =>
        Judge(presented, digest, await accesses.GetAsync(presented.KeyId, cancellationToken), resource);

    private async ValueTask<VirtualKeyUse> ReadAsync(AccessToken accessToken, Resource resource, CancellationToken cancellationToken) =>
        Judge(await accesses.GetAsync(accessToken.Subject.Id, cancellationToken), accessToken.AuthenticatedAt, resource);

    private PresentedKey? Parse(ReadOnlySpan<char> text, out AccessTokenDigest digest)
    {
        digest = default;
        Span<byte> ascii = stackalloc byte[MaxLength];
        if (text.Length > MaxLength || !Ascii.IsValid(text) || !Encoding.ASCII.TryGetBytes(text, ascii, out var length))
        {
            return null;
        }

        digest = AccessTokenDigest.Of(ascii[..length]);
        return _known.TryGetValue(digest, out var known) ? known
            : formats.VirtualKey.TryParse(text, out var token) ? new PresentedKey(token.SessionId, token.Generation, token.Secret.Hash())
            : null;
    }

    private VirtualKeyUse Judge(PresentedKey presented, AccessTokenDigest digest, VirtualKeyAccess? access, Resource resource)
    {
        var now = time.GetUtcNow();
        if (access is null || access.Key.FindSecret(presented.Secret, now) is not var (issuedAt, expiresAt))
        {
            return new VirtualKeyUse(VirtualKeyUseOutcome.Invalid);
        }

        Remember(digest, presented);
        var token = new AccessToken
        {
            Id = presented.TokenId,
            SessionId = presented.Id,
            Subject = presented.Subject,
            ClientId = presented.TokenOwner,
            Audience = resource.Uri,
            Scopes = presented.ScopesOf(resource),
            IssuedAt = issuedAt,
            ExpiresAt = expiresAt,
            AuthenticatedAt = issuedAt,
        };
        var verdict = revocations.Judge(token, now);
        return verdict switch
        {
            RevocationVerdict.Revoked => new VirtualKeyUse(VirtualKeyUseOutcome.Invalid),
            RevocationVerdict.Unknown => new VirtualKeyUse(VirtualKeyUseOutcome.RevocationUnknown),
            _ => Judge(access, issuedAt, resource) with { AccessToken = token, Secret = presented.Secret },
        };
    }

    private VirtualKeyUse Judge(VirtualKeyAccess? access, DateTimeOffset since, Resource resource)
    {
        if (access?.IsOwnerRevoked(revocations, since) == true)
        {
            return new VirtualKeyUse(VirtualKeyUseOutcome.Invalid);
        }

        var outcome = access?.StatusAt(time.GetUtcNow()) switch
        {
            null => VirtualKeyUseOutcome.Invalid,
            VirtualKeyStatus.Inactive => VirtualKeyUseOutcome.Inactive,
            VirtualKeyStatus.Expired => VirtualKeyUseOutcome.Expired,
            _ => VirtualKeyUseOutcome.Allowed,
        };
        if (outcome != VirtualKeyUseOutcome.Allowed)
        {
            return new VirtualKeyUse(outcome);
        }

        uses.Touch(access!.Key.Id);
        return access.FindGrant(resource.Name) is { } grant
            ? new VirtualKeyUse(VirtualKeyUseOutcome.Allowed, Grant: grant)
            : new VirtualKeyUse(VirtualKeyUseOutcome.NotGranted);
    }

    private void Remember(AccessTokenDigest digest, PresentedKey presented)
    {
        if (_known.ContainsKey(digest))
        {
            return;
        }

        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        _known[digest] = presented;
    }

    /// <summary>What a key's text says, and what of it goes into access tokens.</summary>
    private sealed class PresentedKey(SessionId id, uint generation, byte[] secretHash)
    {
        private Tuple<Resource, string[]>? _scopes;

        public SessionId Id { get; } = id;

        public string KeyId { get; } = id.ToString();

        public PresentedSecret Secret { get; } = new(id.ToString(), generation, secretHash);

        public string TokenId { get; } = VirtualKeyTokenId.Of(id.ToString(), generation);

        public string TokenOwner { get; } = "vk:" + id;

        public Subject Subject { get; } = new(SubjectKind.VirtualKey, id.ToString());

        /// <summary>Every scope of the resource: what a key may do is said by its grants. Remembered for the resource asked for last.</summary>
        public string[] ScopesOf(Resource resource)
        {
            var known = _scopes;
            if (known is null || !ReferenceEquals(known.Item1, resource))
            {
                _scopes = known = Tuple.Create<Resource, string[]>(resource, [.. resource.Scopes.Select(scope => scope.Name)]);
            }

            return known.Item2;
        }
    }
}
