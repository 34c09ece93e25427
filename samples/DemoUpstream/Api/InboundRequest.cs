namespace DemoUpstream.Api;

/// <summary>What the upstream saw of a request it let in: tools report it, so that a test can tell what arrived.</summary>
/// <param name="Path">The endpoint that was called.</param>
/// <param name="Account">The account behind the bearer token; null where none is asked for.</param>
/// <param name="Headers">Every header line as it arrived.</param>
internal sealed record InboundRequest(string Path, string? Account, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public static InboundRequest From(HttpRequest request, string? account) => new(
        request.Path,
        account,
        [.. request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")))]);
}
