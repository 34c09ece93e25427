using System.Net;

namespace Keyholder.Upstream.Revocation;

/// <summary>Reads a revocation endpoint's answer (RFC 7009 section 2.2), and says when to ask again. Pure.</summary>
internal static class RevocationAnswerPolicy
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>What an answer means for the token that was sent.</summary>
    public static RevocationStep Read(GuardedResponse response) => response switch
    {
        { Outcome: GuardedOutcome.Refused } => RevocationStep.Failed(UpstreamRevocationReasons.AddressRefused),
        { Outcome: not GuardedOutcome.Answered } => RevocationStep.Again(UpstreamRevocationReasons.Unavailable),
        { Status: >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices } => RevocationStep.Done(UpstreamRevocationReasons.Revoked),
        { Status: HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError } =>
            RevocationStep.Again(UpstreamRevocationReasons.Unavailable, response.RetryAfter),
        _ => ReadError(response),
    };

    /// <summary>How long to wait after a failed attempt: twice as long each time, never before the provider wants to be asked, and never quite as long as another.</summary>
    /// <param name="attempts">How many there were, above 0.</param>
    /// <param name="retryAfter">What the provider asked for.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public static TimeSpan Delay(int attempts, TimeSpan? retryAfter, double jitter)
    {
        var doubled = FirstDelay * Math.Pow(2, Math.Min(attempts - 1, 30));
        var delay = (doubled < LongestDelay ? doubled : LongestDelay) * (0.5 + (jitter / 2));
        var asked = retryAfter < LongestWait ? retryAfter.Value : retryAfter is null ? TimeSpan.Zero : LongestWait;
        return asked > delay ? asked + (FirstDelay * jitter) : delay;
    }

    // Section 2.2.1. Some providers answer for a token they no longer know with an error, against section 2.2.
    private static RevocationStep ReadError(GuardedResponse response)
    {
        using var document = response.IsJson ? StrictJson.ParseObject(response.Body) : null;
        return document?.RootElement.Text("error") switch
        {
            "invalid_token" or "invalid_grant" => RevocationStep.Done(UpstreamRevocationReasons.AlreadyInvalid),
            "invalid_client" or "unauthorized_client" => RevocationStep.Again(UpstreamRevocationReasons.ClientRefused),
            null when response.Status == HttpStatusCode.Unauthorized => RevocationStep.Again(UpstreamRevocationReasons.ClientRefused),
            _ => RevocationStep.Failed(UpstreamRevocationReasons.Refused),
        };
    }
}
