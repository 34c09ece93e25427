namespace Keyholder.Server.Pages;

/// <summary>What the page shows that asks whether to connect what a link is for.</summary>
public sealed record ConnectionModel
{
    public required string RequestId { get; init; }

    public required string CsrfToken { get; init; }

    /// <summary>The client that lacks something; null when none does.</summary>
    public string? ClientName { get; init; }

    /// <summary>Who vouches for the client's name; null without a client.</summary>
    public string? Origin { get; init; }

    /// <summary>The name of the virtual key that lacks something; null when it is not one.</summary>
    public string? KeyName { get; init; }

    /// <summary>The resource that uses it; null for what is shared.</summary>
    public string? ResourceName { get; init; }

    public string? ResourceUri { get; init; }

    public required IReadOnlyList<ConsentProvider> Providers { get; init; }

    /// <summary>Who is signed in; null when nobody has to be.</summary>
    public string? UserName { get; init; }
}
