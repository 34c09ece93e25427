using System.Text.Json;
using System.Text.Json.Serialization;
using Keyholder.Audit;
using Keyholder.VirtualKeys;

namespace Keyholder.Storage;

/// <summary>The parts of a <see cref="DeclarationPlan"/> as the lists of JSON objects statements take them, any number at once.</summary>
internal static partial class DeclarationJson
{
    public static string Keys(IEnumerable<VirtualKey> keys) => JsonSerializer.Serialize(
        [
            .. keys.Select(key => new Key(
                key.Id,
                key.Name,
                key.OwnerUserId,
                key.SecretHash is { } hash ? Convert.ToHexStringLower(hash) : null,
                key.ExpiresAt?.ToUnixTimeMilliseconds(),
                key.DeactivatedAt?.ToUnixTimeMilliseconds(),
                key.Declared == true,
                key.Withdrawn)),
        ],
        Context.Default.ListKey);

    /// <summary>The grants that come or change, with their tools as the column holds them.</summary>
    public static string GrantsAfter(DeclarationPlan plan) => JsonSerializer.Serialize(
        [
            .. plan.Grants.Where(change => change.After is not null)
                .Select(change => new KeyGrant(change.Key.Id, change.Resource, change.After!.Tools is { } tools ? JsonText.Write(tools) : null)),
        ],
        Context.Default.ListKeyGrant);

    /// <summary>The grants that go.</summary>
    public static string GrantsGone(DeclarationPlan plan) => JsonSerializer.Serialize(
        [.. plan.Grants.Where(change => change.After is null).Select(change => new KeyGrant(change.Key.Id, change.Resource, Tools: null))], Context.Default.ListKeyGrant);

    /// <summary>What is to be recorded of each key and grant.</summary>
    public static string Events(DeclarationPlan plan) => JsonSerializer.Serialize(
        [
            .. plan.Created.Select(key => new Event(AuditActions.VirtualKeyCreated, "vk:" + key.Id, key.Name)),
            .. plan.Changed.Select(change => new Event(AuditActions.VirtualKeyUpdated, "vk:" + change.After.Id, ReasonOf(change.Before, change.After))),
            .. plan.Grants.Select(change => new Event(change.After is null ? AuditActions.GrantRemoved : AuditActions.GrantChanged, "vk:" + change.Key.Id, change.Resource)),
        ],
        Context.Default.ListEvent);

    private static string ReasonOf(VirtualKey before, VirtualKey after) => (before.Declared, after.Declared) switch
    {
        (_, false) => "withdrawn",
        (false, _) => "declared again",
        _ => "configuration",
    };

    internal sealed record Key(string Id, string Name, string? Owner, string? SecretHash, long? ExpiresAt, long? DeactivatedAt, bool Declared, bool Withdrawn);

    internal sealed record KeyGrant(string KeyId, string Resource, string? Tools);

    internal sealed record Event(string Action, string Target, string Reason);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(List<Key>))]
    [JsonSerializable(typeof(List<KeyGrant>))]
    [JsonSerializable(typeof(List<Event>))]
    private sealed partial class Context : JsonSerializerContext;
}
