namespace Keyholder.Server.Hosting;

/// <summary>Puts an <see cref="OriginRule"/> on a route or group.</summary>
internal static class OriginRuleExtensions
{
    /// <summary>Sets the rule, and the CORS answers that go with it.</summary>
    public static TBuilder WithOrigins<TBuilder>(this TBuilder builder, OriginRule rule)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new OriginRuleMetadata(rule));
        return rule is OriginRule.Any or OriginRule.Configured ? builder.RequireCors(rule.ToString()) : builder;
    }
}
