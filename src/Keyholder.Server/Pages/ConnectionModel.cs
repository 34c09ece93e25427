namespace Keyholder.Server.Pages;

/// <summary>What the page shows that asks whether to connect what a link is for.</summary>
public sealed record ConnectionModel
{
    public required string RequestId { get; init; }

    public required string CsrfToken { get; init; }

    /// <summary>The client that lacks something; null for what is shared.</summary>
    public string? ClientName { get; init; }

    /// <summary>Who vouches for the client's name; null for what is shared.</summary>
    public string? Origin { get; init; }

    public string? ResourceName { get; init; }

    public string? ResourceUri { get; init; }

    public required IReadOnlyList<ConsentProvider> Providers { get; init; }

    /// <summary>Who is signed in; null when nobody has to be.</summary>
    public string? UserName { get; init; }
}
