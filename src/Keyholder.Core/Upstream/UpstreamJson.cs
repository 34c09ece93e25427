using System.Text.Json.Serialization;

namespace Keyholder.Upstream;

[JsonSerializable(typeof(LegSecrets))]
internal sealed partial class UpstreamJson : JsonSerializerContext;
