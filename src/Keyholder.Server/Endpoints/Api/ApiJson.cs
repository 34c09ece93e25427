using System.Text.Json.Serialization;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>How the documents of the API are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(BulkRevocationResult))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(ConnectLinkDocument))]
[JsonSerializable(typeof(ConnectableList))]
[JsonSerializable(typeof(RevocationPage))]
[JsonSerializable(typeof(RevocationAnswer))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeyVerification))]
[JsonSerializable(typeof(CredentialPage))]
[JsonSerializable(typeof(CredentialDocument))]
[JsonSerializable(typeof(UpstreamRevocationPage))]
[JsonSerializable(typeof(VirtualKeyDocument))]
[JsonSerializable(typeof(VirtualKeyPage))]
[JsonSerializable(typeof(GrantList))]
[JsonSerializable(typeof(GrantToAllList))]
internal sealed partial class ApiJson : JsonSerializerContext;
