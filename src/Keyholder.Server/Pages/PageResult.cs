using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Keyholder.Server.Pages;

/// <summary>Answers with a page: rendered on the server, without script, not cacheable and not frameable.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="parameters">The component's parameters.</param>
/// <param name="formActions">Where forms of the page may end up besides Keyholder itself.</param>
internal sealed class PageResult<TPage>(int status, Dictionary<string, object?> parameters, IReadOnlyList<string>? formActions = null) : IResult
    where TPage : IComponent
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());

        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.Headers.XFrameOptions = "DENY";

        // Not no-referrer: the form's POST has to carry a usable Origin. Nothing leaves for another site either way.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; form-action {string.Join(' ', ["'self'", .. formActions ?? []])}; frame-ancestors 'none'; base-uri 'none'";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(html), httpContext.RequestAborted);
    }
}
