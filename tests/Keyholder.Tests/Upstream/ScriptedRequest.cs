namespace Keyholder.Tests.Upstream;

internal sealed record ScriptedRequest(HttpMethod Method, Uri Uri, string? Authorization, string Body)
{
    public IDictionary<string, string> Form => Body.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('='))
        .ToDictionary(pair => Decode(pair[0]), pair => Decode(pair[1]));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
