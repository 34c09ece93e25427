namespace Keyholder.Server.Endpoints.Api;

/// <summary>What can be connected and is not.</summary>
/// <param name="Connectable">Resources in configured order, and the providers of each.</param>
internal sealed record ConnectableList(IReadOnlyList<ConnectableDocument> Connectable);
