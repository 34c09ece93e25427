namespace Keyholder.Server.Pages;

/// <summary>How a provider's key comes to Keyholder.</summary>
public enum ConnectedBy
{
    /// <summary>The person signs in at the provider.</summary>
    Redirect,

    /// <summary>The person types it in.</summary>
    Form,

    /// <summary>An administrator brings it, once for everybody.</summary>
    Administrator,
}
