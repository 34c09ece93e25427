using System.Globalization;

namespace Keyholder.Bench.Chaos.History;

/// <summary>One request as its client saw it. Tokens are named by number, in the order in which the client first saw them; refresh and access tokens count apart.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Token">The number of the token presented: of an access token for a call, else of a refresh token.</param>
/// <param name="Node">The number of the node that was asked.</param>
/// <param name="Began">Just before the request was sent, since the start of the run.</param>
/// <param name="Ended">Just after the answer arrived, or when the client gave up.</param>
/// <param name="Answer">What was answered.</param>
internal sealed record Observation(RequestKind Request, int Token, int Node, TimeSpan Began, TimeSpan Ended, AnswerKind Answer)
{
    /// <summary>The refresh token a granted refresh gave; 0 otherwise.</summary>
    public int RefreshToken { get; init; }

    /// <summary>The access token a granted refresh gave; 0 otherwise.</summary>
    public int AccessToken { get; init; }

    /// <inheritdoc />
    public override string ToString()
    {
        var token = Request == RequestKind.Call ? $"a{Token}" : $"r{Token}";
        var gave = RefreshToken == 0 ? "" : $" r{RefreshToken} a{AccessToken}";
        return string.Create(CultureInfo.InvariantCulture, $"{Began.TotalSeconds,9:F4}–{Ended.TotalSeconds,-9:F4} node {Node} {Request} {token} → {Answer}{gave}");
    }
}
