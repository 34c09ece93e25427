using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Upstream;
using Keyholder.Upstream.Discovery;

namespace Keyholder.Vault;

/// <summary>What the envelope of every kind is bound to, from the columns <see cref="SealedRow.Bound"/> lists, and what a row is called for people.</summary>
internal static class SealedContexts
{
    /// <summary>The additional data of the row's envelope.</summary>
    public static byte[] Of(SealedRow row)
    {
        var bound = row.Bound;
        return row.Kind switch
        {
            SealedKind.Credential or SealedKind.UpstreamRevocation => CredentialEnvelope.Context(
                (string)bound[0]!, (string)bound[1]!, (string)bound[2]!, (string)bound[3]!, (string?)bound[4], (byte[])bound[5]!, (long)bound[6]!,
                (string?)bound[7], (string?)bound[8]).Bytes.ToArray(),
            SealedKind.ConnectionFlow => LegSecretsSealer.ContextOf((byte[])bound[0]!, (string)bound[1]!).Bytes.ToArray(),
            SealedKind.ServerSecret => ServerSecrets.Context((string)bound[0]!),
            SealedKind.SigningKey => SigningKeyRing.Context((string)bound[0]!),
            SealedKind.UpstreamClient or SealedKind.FormerUpstreamClient => UpstreamClientSealer.Context((string)bound[0]!, (string)bound[1]!, (long)bound[2]!, (string)bound[3]!).Bytes.ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(row), row.Kind, null),
        };
    }

    /// <summary>The row, named so that an operator finds it.</summary>
    public static string Describe(SealedRow row) => row.Kind switch
    {
        SealedKind.Credential or SealedKind.UpstreamRevocation => $"{row.Bound[0]}:{row.Bound[1]}@{row.Bound[2]}",
        _ => row.Key is byte[] bytes ? Convert.ToHexStringLower(bytes) : row.Key.ToString()!,
    };
}
