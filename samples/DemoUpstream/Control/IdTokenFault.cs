namespace DemoUpstream.Control;

/// <summary>What is wrong with the ID tokens the provider issues.</summary>
public enum IdTokenFault
{
    None,
    WrongNonce,
    MissingNonce,
    WrongAudience,
    WrongIssuer,
    Expired,

    /// <summary>Signed by a key that is not in the JWK set, under the key id of one that is.</summary>
    WrongKey,

    /// <summary><c>alg</c> is <c>none</c> and the signature empty.</summary>
    NoSignature,
}
