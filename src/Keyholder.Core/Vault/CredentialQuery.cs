using Keyholder.Storage;

namespace Keyholder.Vault;

/// <summary>A page of credentials, newest first. Every filter that is set has to match.</summary>
public sealed record CredentialQuery
{
    /// <summary>The longest <see cref="Text"/>, in characters.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Found literally, ASCII case aside, in the provider's name, the account at it, or the id or names of the owner.</summary>
    public string? Text { get; init; }

    /// <summary>Names of providers that match <see cref="Text"/> by what people call them, which the database does not know.</summary>
    public IReadOnlyList<string> MatchingProviders { get; init; } = [];

    /// <summary>Only what this user is shown: their own, and what their sessions connected for themselves. Null = everybody's.</summary>
    public string? VisibleToUser { get; init; }

    public CredentialOwnerKind? OwnerKind { get; init; }

    /// <summary>Only credentials of this owner.</summary>
    public CredentialOwner? Owner { get; init; }

    /// <summary>Only credentials of these providers; null = of any.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    public CredentialStatus? Status { get; init; }

    public CredentialKind? Kind { get; init; }

    /// <summary>Only what comes after this place; null = from the newest on.</summary>
    public RowPosition? After { get; init; }

    /// <summary>How many at most; above 0.</summary>
    public required int Limit { get; init; }
}
