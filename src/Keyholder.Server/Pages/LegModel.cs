using Keyholder.Resources;

namespace Keyholder.Server.Pages;

/// <summary>What the page of one leg shows. Never a value somebody entered.</summary>
public sealed record LegModel
{
    public required string RequestId { get; init; }

    public required string CsrfToken { get; init; }

    public required string ProviderName { get; init; }

    /// <summary>The resource that wants it; null for what is shared.</summary>
    public string? ResourceName { get; init; }

    /// <summary>What to enter; empty when the person is sent to the provider.</summary>
    public required IReadOnlyList<DeclaredHeader> Headers { get; init; }

    /// <summary>Whether the person can do without.</summary>
    public required bool Optional { get; init; }

    public string? Problem { get; init; }
}
