using System.Data.Common;
using Keyholder.Authorization;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>consents</c> and how to read them.</summary>
internal static class ConsentColumns
{
    public const string All = "subject_kind, subject_id, client_id, redirect_host, resource, scopes, client_fingerprint, granted_at";

    public static Consent Read(DbDataReader row) =>
        new(row.Subject(0), row.GetString(2), row.GetString(3), row.GetString(4), row.List(5), row.Bytes(6), row.Time(7));

    /// <summary>What to remember of an approval. Scopes approved before are kept only while the client is still what was approved then.</summary>
    public static IReadOnlyList<string> ScopesToKeep(Consent? before, Consent consent)
    {
        var kept = before is not null && before.ClientFingerprint.AsSpan().SequenceEqual(consent.ClientFingerprint) ? before.Scopes : [];
        return [.. kept.Union(consent.Scopes)];
    }
}
