namespace DemoUpstream.Control;

/// <summary>Where a successful token response carries its fields.</summary>
public enum TokenResponseShape
{
    /// <summary>As RFC 6749 section 5.1 says.</summary>
    Standard,

    /// <summary>All of them inside a member <c>authed_user</c>, beside <c>"ok": true</c>.</summary>
    Nested,

    /// <summary>As <c>application/x-www-form-urlencoded</c> instead of JSON.</summary>
    Form,
}
