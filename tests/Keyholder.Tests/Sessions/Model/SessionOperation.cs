using Keyholder.Storage;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>Something somebody does to one session.</summary>
internal abstract record SessionOperation(StoreFault Fault)
{
    /// <summary>Presents the authorization code.</summary>
    public sealed record Redeem(RequestVariation Variation = default, StoreFault Fault = default) : SessionOperation(Fault);

    /// <summary>Presents the refresh token of a generation.</summary>
    public sealed record Refresh(uint Generation, RequestVariation Variation = default, StoreFault Fault = default) : SessionOperation(Fault);

    /// <summary>Revokes the session, as its client, its user or an operator does.</summary>
    public sealed record Revoke(StoreFault Fault = default) : SessionOperation(Fault);

    /// <summary>Sweeps rows of a kind that have been due for so long.</summary>
    public sealed record Sweep(SweepTarget Target, TimeSpan Age) : SessionOperation(StoreFault.None);

    /// <summary>Disables the session's user.</summary>
    public sealed record DisableSubject() : SessionOperation(StoreFault.None);
}
