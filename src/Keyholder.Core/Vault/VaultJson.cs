using System.Text.Json.Serialization;

namespace Keyholder.Vault;

/// <summary>How secrets look inside their envelopes. Stored for years: members may be added, never renamed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenSet))]
[JsonSerializable(typeof(HeaderSet))]
internal sealed partial class VaultJson : JsonSerializerContext;
