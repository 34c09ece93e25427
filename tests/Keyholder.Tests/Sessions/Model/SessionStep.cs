namespace Keyholder.Tests.Sessions.Model;

/// <summary>One step of a program. Sessions and users are named by number, taken modulo those there are, and tokens by age, so that any part of a program is a program.</summary>
internal abstract record SessionStep
{
    /// <summary>Opens a session.</summary>
    public sealed record Authorize(string ClientId, int User) : SessionStep;

    /// <summary>Does something to a session.</summary>
    public sealed record Do(int Session, SessionOperation Operation) : SessionStep;

    /// <summary>Presents the refresh token that so many newer ones replaced.</summary>
    public sealed record Refresh(int Session, int Age, RequestVariation Variation, StoreFault Fault) : SessionStep;

    /// <summary>Time passes.</summary>
    public sealed record Wait(TimeSpan Time) : SessionStep;
}
