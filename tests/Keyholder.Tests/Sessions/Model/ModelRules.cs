using Keyholder.Sessions;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>The lifetimes a run goes by.</summary>
internal sealed record ModelRules(SessionOptions Sessions, TimeSpan AccessTokenLifetime)
{
    /// <summary>Short lifetimes, so that a program of a few dozen steps sees all of them end.</summary>
    public static ModelRules WithRetryWindow(TimeSpan retryWindow) => new(
        new SessionOptions
        {
            CodeLifetime = TimeSpan.FromSeconds(60),
            RetryWindow = retryWindow,
            IdleLifetime = TimeSpan.FromMinutes(30),
            AbsoluteLifetime = TimeSpan.FromMinutes(90),
        },
        TimeSpan.FromMinutes(10));
}
