using System.Text;
using Keyholder.Bench.Load;
using Keyholder.Bench.Servers;

namespace Keyholder.Bench.Introspect;

/// <summary>One caller: asks about every token in turn, beginning with a share of its own.</summary>
internal sealed class IntrospectionRequests(IReadOnlyList<byte[]> requests, int first) : IRequestSequence
{
    private int _next = first % requests.Count;

    /// <summary>One request for each token, authenticated with a secret in the <c>Authorization</c> header.</summary>
    public static IReadOnlyList<byte[]> Create(Uri endpoint, IReadOnlyList<string> tokens)
    {
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{KeyholderNode.Inspector}:{KeyholderNode.InspectorSecret}"));
        return [.. tokens.Select(token => HttpRequestBytes.Post(endpoint, "application/x-www-form-urlencoded", $"token={token}", ("Authorization", "Basic " + credentials)))];
    }

    public ReadOnlyMemory<byte> Next()
    {
        var request = requests[_next];
        _next = (_next + 1) % requests.Count;
        return request;
    }

    public void Take(ReadOnlySpan<byte> response)
    {
        if (response.IndexOf("\"active\":true"u8) < 0)
        {
            throw new InvalidDataException($"Not active: {Encoding.UTF8.GetString(response)}");
        }
    }
}
