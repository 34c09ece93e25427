using System.Data.Common;
using Keyholder.Sessions;
using Keyholder.Vault;

namespace Keyholder.Storage.Rows;

/// <summary>The columns of <c>credentials</c> and how to read them.</summary>
internal static class CredentialColumns
{
    public const string All = """
        owner_kind, owner_id, provider, row_id, kind, version, envelope, status, status_reason, provider_subject, expires_at, created_at, updated_at,
        bound_subject, bound_client
        """;

    /// <summary>What <see cref="Read"/> reads: the columns, and in two more the refusals and the scope demands as JSON lists, which each backend writes in its own words.</summary>
    public static string With(string lists) => $"{All}, {lists}";

    /// <summary>How many columns <see cref="Read"/> reads.</summary>
    public const int Count = 17;

    /// <summary>The session an owner is, if it is one: 16 bytes.</summary>
    public static byte[]? SessionOf(CredentialOwner owner) =>
        owner.Kind == CredentialOwnerKind.Session && SessionId.TryParse(owner.Id, out var session) ? session.ToArray() : null;

    public static StoredCredential Read(DbDataReader row) => new()
    {
        Key = new CredentialKey(new CredentialOwner(StoredWords.OwnerKind.Read(row.GetString(0)), row.GetString(1)), row.GetString(2)),
        RowId = row.Bytes(3),
        Kind = StoredWords.CredentialKind.Read(row.GetString(4)),
        Version = row.GetInt64(5),
        Envelope = row.Bytes(6),
        Status = StoredWords.CredentialStatus.Read(row.GetString(7)),
        StatusReason = row.TextOrNull(8),
        ProviderSubject = row.TextOrNull(9),
        ExpiresAt = row.TimeOrNull(10),
        CreatedAt = row.Time(11),
        UpdatedAt = row.Time(12),
        Binding = ReadBinding(row, 13),
        Refusals = ReadRefusals(row.TextOrNull(15)),
        ScopeDemands = ReadDemands(row.TextOrNull(16)),
    };

    /// <summary>A write is one version on.</summary>
    public static void CheckFollows(StoredCredential credential, long expectedVersion)
    {
        if (expectedVersion < 0 || credential.Version != expectedVersion + 1)
        {
            throw new ArgumentException($"Version {credential.Version} does not follow version {expectedVersion}.", nameof(credential));
        }
    }

    /// <summary>A binding in two columns: subject, client.</summary>
    public static CredentialBinding? ReadBinding(DbDataReader row, int column) =>
        row.TextOrNull(column) is { } subject ? new CredentialBinding(SubjectOf(subject), row.GetString(column + 1)) : null;

    /// <summary>Keys as one parameter: a JSON array of [kind, id, provider].</summary>
    public static string Keys(IReadOnlyList<CredentialKey> keys) => JsonText.Write([.. keys.Select(k => new[] { k.Owner.KindName, k.Owner.Id, k.Provider })]);

    /// <summary>The rows in the order of the keys.</summary>
    public static IReadOnlyList<StoredCredential?> InOrder(IReadOnlyList<CredentialKey> keys, List<StoredCredential> rows) =>
        [.. keys.Select(k => rows.Find(r => r.Key == k))];

    private static IReadOnlyList<CredentialRefusal> ReadRefusals(string? json) => json is null or "[]"
        ? []
        : [.. JsonText.ReadLists(json).Select(r => new CredentialRefusal(r[0], r[1], RowReading.Time(r[2]), RowReading.Time(r[3])))];

    private static IReadOnlyList<ScopeDemand> ReadDemands(string? json) => json is null or "[]"
        ? []
        : [.. JsonText.ReadLists(json).Select(d => new ScopeDemand(d[0], JsonText.Read(d[1]), RowReading.Time(d[2]), d[3] is null ? null : RowReading.Time(d[3])))];

    private static Subject SubjectOf(string text) =>
        Subject.TryParse(text, out var subject) ? subject : throw new InvalidDataException("The database holds a credential bound to no subject.");
}
