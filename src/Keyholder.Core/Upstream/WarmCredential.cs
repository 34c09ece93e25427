namespace Keyholder.Upstream;

/// <summary>What one credential is good for, until a moment or until it changes.</summary>
internal sealed class WarmCredential(CredentialAuthorization authorization, DateTimeOffset until)
{
    private volatile bool _void;

    public CredentialAuthorization Authorization { get; } = authorization;

    public DateTimeOffset Until { get; } = until;

    /// <summary>For this one request; the next one has to look again.</summary>
    public static WarmCredential Once(CredentialAuthorization authorization) => new(authorization, DateTimeOffset.MinValue);

    public bool IsGood(DateTimeOffset now) => !_void && now < Until;

    /// <summary>The credential changed: whatever is made of this one must not be used again.</summary>
    public void Void() => _void = true;
}
