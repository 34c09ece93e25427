namespace Keyholder.Server.Hosting;

/// <summary>The headers every answer carries unless a route sets its own.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        Apply(context.Response);
        return next(context);
    }

    /// <summary>Sets them, also on an answer that had to be begun anew.</summary>
    public static void Apply(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
