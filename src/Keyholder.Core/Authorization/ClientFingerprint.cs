using System.Security.Cryptography;
using System.Text;
using Keyholder.Clients;

namespace Keyholder.Authorization;

/// <summary>SHA-256 over what a person sees of a client and where it may send codes. When it changes, a remembered approval no longer counts.</summary>
public static class ClientFingerprint
{
    /// <summary>The 32-byte fingerprint.</summary>
    public static byte[] Of(Client client)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, client.Source.ToString());
        Append(hash, client.Name);
        Append(hash, client.ClientUri);
        Append(hash, client.LogoUri);
        Append(hash, client.PolicyUri);
        Append(hash, client.TosUri);
        foreach (var uri in client.RedirectUris.Order(StringComparer.Ordinal))
        {
            Append(hash, uri);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Length first, so that no two lists of fields run into the same bytes.</summary>
    private static void Append(IncrementalHash hash, string? field)
    {
        var bytes = field is null ? null : Encoding.UTF8.GetBytes(field);
        hash.AppendData(BitConverter.GetBytes(bytes?.Length ?? -1));
        hash.AppendData(bytes ?? []);
    }
}
