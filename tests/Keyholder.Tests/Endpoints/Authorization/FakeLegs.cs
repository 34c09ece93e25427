using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>A provider's side of the redirect: hands out states, and answers each exchange as told.</summary>
internal sealed class FakeLegs : IUpstreamLegs
{
    private int _exchanges;

    public LegOutcome StartOutcome { get; set; } = LegOutcome.Succeeded;

    public Func<LegCallback, Task<CompletedLeg>> Complete { get; set; } = _ => Task.FromResult(Succeeded("subject-1"));

    /// <summary>How many codes were exchanged.</summary>
    public int Exchanges => _exchanges;

    /// <summary>The scopes the latest leg was to ask for beyond its provider's.</summary>
    public IReadOnlyList<string> Demanded { get; private set; } = [];

    public ConcurrentQueue<string> Callbacks { get; } = new();

    public static CompletedLeg Succeeded(string? subject) =>
        new(LegOutcome.Succeeded, new TokenSet { AccessToken = "upstream-token-canary", TokenType = "Bearer" }, subject, "Person1 at Cloud");

    public Task<(StartedLeg? Leg, LegOutcome Outcome)> StartAsync(Provider provider, string callback, bool signIn, IReadOnlyList<string> demandedScopes, CancellationToken cancellationToken)
    {
        Callbacks.Enqueue(callback);
        Demanded = demandedScopes;
        if (StartOutcome != LegOutcome.Succeeded)
        {
            return Task.FromResult<(StartedLeg?, LegOutcome)>((null, StartOutcome));
        }

        var state = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
        var leg = new StartedLeg(new Uri($"https://{provider.Name}.example/authorize?state={state}"), SHA256.HashData(Encoding.ASCII.GetBytes(state)), [1]);
        return Task.FromResult<(StartedLeg?, LegOutcome)>((leg, LegOutcome.Succeeded));
    }

    public Task<CompletedLeg> CompleteAsync(Provider provider, string callback, ConnectionFlow flow, LegCallback response, CancellationToken cancellationToken)
    {
        Callbacks.Enqueue(callback);
        Interlocked.Increment(ref _exchanges);
        return Complete(response);
    }
}
