namespace Keyholder.Resources;

/// <summary>How the body of a request to a provider's token endpoint is written.</summary>
public enum TokenRequestFormat
{
    /// <summary><c>application/x-www-form-urlencoded</c> (RFC 6749 section 4.1.3).</summary>
    Form,

    /// <summary>A JSON object with the same members.</summary>
    Json,
}
