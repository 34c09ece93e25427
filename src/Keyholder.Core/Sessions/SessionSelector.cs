namespace Keyholder.Sessions;

/// <summary>Which unrevoked sessions a bulk revocation means. Every part that is set has to match.</summary>
public sealed record SessionSelector
{
    public SubjectKind? SubjectKind { get; init; }

    public Subject? Subject { get; init; }

    public string? ClientId { get; init; }

    /// <summary>The resource URI.</summary>
    public string? Resource { get; init; }

    /// <summary>Whether nothing is set. Storage refuses it: forgetting the selector must not cut everyone off.</summary>
    public bool IsEmpty => SubjectKind is null && Subject is null && ClientId is null && Resource is null;
}
