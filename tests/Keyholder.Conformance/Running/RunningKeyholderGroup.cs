namespace Keyholder.Conformance.Running;

/// <summary>Tests that share one running Keyholder.</summary>
[CollectionDefinition(Name)]
public sealed class RunningKeyholderGroup : ICollectionFixture<RunningKeyholder>
{
    public const string Name = "running Keyholder";
}
