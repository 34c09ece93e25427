namespace Keyholder.Server.Pages;

/// <summary>What the consent page shows.</summary>
public sealed record ConsentModel
{
    public required string RequestId { get; init; }

    public required string CsrfToken { get; init; }

    public required string ClientName { get; init; }

    /// <summary>Who vouches for the client's name.</summary>
    public required string Origin { get; init; }

    /// <summary>An http or https URL, or null.</summary>
    public string? ClientUri { get; init; }

    /// <summary>Where the browser is sent with the answer; null for a device, which waits for it elsewhere.</summary>
    public required string? RedirectHost { get; init; }

    /// <summary>Whether the answer goes to a program on the person's own device.</summary>
    public required bool IsNative { get; init; }

    public required string ResourceName { get; init; }

    public required string ResourceUri { get; init; }

    public required IReadOnlyList<ConsentScope> Scopes { get; init; }

    /// <summary>The providers whose keys Keyholder uses for the resource, in the order they are connected.</summary>
    public IReadOnlyList<ConsentProvider> Providers { get; init; } = [];

    /// <summary>Who is signed in; null when the resource wants nobody to be.</summary>
    public required string? UserName { get; init; }
}
