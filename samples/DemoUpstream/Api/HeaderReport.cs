using DemoUpstream.Provider;

namespace DemoUpstream.Api;

/// <summary>The headers of a request as they may be shown: names always, values only where they cannot be a credential.</summary>
/// <param name="Names">Every header name in lower case, once per line that arrived.</param>
/// <param name="Values">Lower-case name to value, without credential headers.</param>
/// <param name="Credentials">Lower-case name of a credential header to what kind of value it had: never the value.</param>
internal sealed record HeaderReport(IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, string> Credentials)
{
    private static readonly string[] CredentialWords = ["auth", "cookie", "token", "secret", "key", "credential", "password", "dpop"];

    public static HeaderReport From(InboundRequest request)
    {
        var lines = request.Headers.Select(header => (Name: header.Key.ToLowerInvariant(), header.Value)).OrderBy(line => line.Name, StringComparer.Ordinal).ToList();
        return new HeaderReport(
            [.. lines.Select(line => line.Name)],
            lines.Where(line => !IsCredential(line.Name)).GroupBy(line => line.Name).ToDictionary(group => group.Key, group => string.Join(", ", group.Select(line => line.Value))),
            lines.Where(line => IsCredential(line.Name)).GroupBy(line => line.Name).ToDictionary(group => group.Key, group => string.Join(", ", group.Select(line => Kind(line.Value)))));
    }

    public static bool IsCredential(string name) => CredentialWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Kind(string value) =>
        value.Contains(Opaque.AccessTokenPrefix, StringComparison.Ordinal) ? "access token of the demo provider"
        : value.Contains(Opaque.RefreshTokenPrefix, StringComparison.Ordinal) ? "refresh token of the demo provider"
        : "something else";
}
