namespace Keyholder.Server.Hosting;

/// <summary>From which web pages a browser may send a request to a route. Requests without an <c>Origin</c> header do not come from a page.</summary>
internal enum OriginRule
{
    /// <summary>Only Keyholder's own pages may send anything but GET and HEAD. The rule of a route that names none.</summary>
    Own,

    /// <summary>As <see cref="Own"/>, but the opaque origin <c>null</c> gets through: the route has to demand a valid anti-forgery token.</summary>
    OwnOrOpaque,

    /// <summary>Every page may send the browser here, but none may read the answer: the authorization endpoint.</summary>
    Navigation,

    /// <summary>Every page, without credentials (CORS <c>*</c>): metadata, registration, token, revocation.</summary>
    Any,

    /// <summary>Own pages and the configured origins, whatever the method: the resources.</summary>
    Configured,
}
