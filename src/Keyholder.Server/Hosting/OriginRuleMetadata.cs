namespace Keyholder.Server.Hosting;

/// <summary>The <see cref="OriginRule"/> of an endpoint.</summary>
internal sealed record OriginRuleMetadata(OriginRule Rule);
