using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Vault;

namespace Keyholder.Authorization.Connect;

/// <summary>
/// Makes and reads connect links. The id of a link is a keyed hash of what it is for, of the minute and of how many were used up in it: a client that calls again and again gets the
/// same link from every node, and stores one row a minute at most.
/// </summary>
public sealed class ConnectLinks(IConnectLinkStore store, ServerSecrets secrets, Issuer issuer, TimeProvider time)
{
    /// <summary>What the path of every link begins with.</summary>
    public const string PathPrefix = "/connect/";

    /// <summary>How long a link can be opened.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int IdSize = 32;

    private readonly byte[] _key = secrets.Derive("connect-link");

    /// <summary>
    /// A link for who was admitted with an access token, or with a virtual key; null when no person could use it, because what is lacking is shared.
    /// </summary>
    public async Task<Uri?> CreateAsync(AccessToken token, Resource resource, IReadOnlyList<Provider> lacking, CancellationToken cancellationToken)
    {
        var providers = lacking.Where(provider => provider.Owner != ProviderOwner.Shared).Select(provider => provider.Name).ToArray();
        if (providers.Length == 0)
        {
            return null;
        }

        // A key that is used by itself has no session, and no client.
        var itself = token.Subject.Kind == SubjectKind.VirtualKey && token.Subject.Id == token.SessionId.ToString();
        return await AddAsync(
            new ConnectLink
            {
                IdHash = [],
                Purpose = AuthorizationPurpose.ConnectSubject,
                Subject = token.Subject,
                Session = itself ? null : token.SessionId,
                ClientId = itself ? "" : token.ClientId,
                Resource = resource.Uri,
                Providers = providers,
                ExpiresAt = time.GetUtcNow() + Lifetime,
            },
            cancellationToken);
    }

    /// <summary>A link for a user, or for whoever may connect a virtual key, that no session asked for.</summary>
    public Task<Uri> CreateAsync(Subject subject, Resource resource, Provider provider, CancellationToken cancellationToken) => AddAsync(
        new ConnectLink
        {
            IdHash = [],
            Purpose = AuthorizationPurpose.ConnectSubject,
            Subject = subject,
            ClientId = "",
            Resource = resource.Uri,
            Providers = [provider.Name],
            ExpiresAt = time.GetUtcNow() + Lifetime,
        },
        cancellationToken);

    /// <summary>A link for an administrator to connect a shared provider with.</summary>
    public Task<Uri> CreateSharedAsync(Provider provider, CancellationToken cancellationToken) => AddAsync(
        new ConnectLink
        {
            IdHash = [],
            Purpose = AuthorizationPurpose.ConnectShared,
            ClientId = "",
            Resource = "",
            Providers = [provider.Name],
            ExpiresAt = time.GetUtcNow() + Lifetime,
        },
        cancellationToken);

    /// <summary>What a link is for; null when there is no such link, or not any more.</summary>
    public Task<ConnectLink?> FindAsync(string id, CancellationToken cancellationToken) => TryHash(id, out var hash)
        ? store.FindAsync(hash, time.GetUtcNow(), cancellationToken)
        : Task.FromResult<ConnectLink?>(null);

    // The link before it was used up: then there is another one for the same.
    private async Task<Uri> AddAsync(ConnectLink link, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        for (var number = 0; ; number++)
        {
            var id = IdOf(link, now, number);
            if (await store.AddAsync(link with { IdHash = SHA256.HashData(id) }, now, cancellationToken))
            {
                return new Uri(issuer.At(PathPrefix + Base64UrlText.Encode(id)));
            }
        }
    }

    private byte[] IdOf(ConnectLink link, DateTimeOffset now, int number)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Span<byte> moment = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64BigEndian(moment, now.UtcTicks / TimeSpan.TicksPerMinute);
        BinaryPrimitives.WriteInt32BigEndian(moment[sizeof(long)..], number);
        mac.AppendData(moment);
        foreach (var part in (string[])[link.Purpose.ToString(), $"{link.Subject}", $"{link.Session}", link.ClientId, link.Resource, .. link.Providers])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            mac.AppendData(BitConverter.GetBytes(bytes.Length));
            mac.AppendData(bytes);
        }

        return mac.GetHashAndReset();
    }

    private static bool TryHash(string id, [NotNullWhen(true)] out byte[]? hash)
    {
        Span<byte> bytes = stackalloc byte[IdSize];
        hash = Base64UrlText.TryDecode(id, bytes) ? SHA256.HashData(bytes) : null;
        return hash is not null;
    }
}
