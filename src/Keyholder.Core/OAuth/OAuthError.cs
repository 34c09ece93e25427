namespace Keyholder.OAuth;

/// <summary>An error an RFC names, as a value: what the client may see, and what only the log may see.</summary>
/// <param name="Code">The <c>error</c> code, for example <c>invalid_grant</c> (RFC 6749 section 5.2, RFC 6750 section 3.1, RFC 7591 section 3.2.2, RFC 8707 section 2).</param>
/// <param name="Description">The public <c>error_description</c>: ASCII, safe to show, never says why a secret failed.</param>
/// <param name="Status">The HTTP status the error is answered with where it is not a redirect.</param>
/// <param name="Debug">The private reason, for the log only. Never holds a secret.</param>
public sealed record OAuthError(string Code, string Description, int Status = 400, string? Debug = null)
{
    /// <summary>The same error with a private reason for the log.</summary>
    public OAuthError Because(string debug) => this with { Debug = debug };

    /// <summary>The same error with a more precise public description.</summary>
    public OAuthError Describe(string description) => this with { Description = description };
}
