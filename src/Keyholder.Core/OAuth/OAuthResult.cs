using System.Diagnostics.CodeAnalysis;

namespace Keyholder.OAuth;

/// <summary>Either a value or an <see cref="OAuthError"/>. Converts implicitly from both.</summary>
public readonly struct OAuthResult<T>
    where T : notnull
{
    private OAuthResult(T? value, OAuthError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value; null exactly when <see cref="Failed"/>.</summary>
    public T? Value { get; }

    /// <summary>The error; null exactly when not <see cref="Failed"/>.</summary>
    public OAuthError? Error { get; }

    /// <summary>Whether this is an error.</summary>
    [MemberNotNullWhen(true, nameof(Error))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool Failed => Error is not null;

#pragma warning disable CA2225 // The named alternates would only repeat the conversions.
    public static implicit operator OAuthResult<T>(T value) => new(value, null);

    public static implicit operator OAuthResult<T>(OAuthError error) => new(default, error);
#pragma warning restore CA2225
}
