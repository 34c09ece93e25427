using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.WebUtilities;

namespace Keyholder.Tests.Endpoints.Authorization;

/// <summary>Where a browser ended: a page of Keyholder, or a redirect that leaves it.</summary>
internal sealed record Page(HttpStatusCode Status, HttpResponseHeaders Headers, string? Location, string Html, IHtmlDocument Document)
{
    public string Title => Document.Title ?? "";

    public string Text => Document.Body!.TextContent;

    public IHtmlFormElement Form => Document.QuerySelector("form").ShouldBeAssignableTo<IHtmlFormElement>(Html)!;

    /// <summary>The request the page is about.</summary>
    public string RequestId => Document.QuerySelector("input[name=request]").ShouldNotBeNull(Html).GetAttribute("value")!;

    /// <summary>The stable id of an error page.</summary>
    public string? ErrorId => Document.QuerySelector("p.muted code")?.TextContent;

    public string Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";

    /// <summary>A parameter of the redirect that leaves Keyholder.</summary>
    public string? Query(string name)
    {
        Status.ShouldBe(HttpStatusCode.SeeOther, Html);
        return QueryHelpers.ParseQuery(Location![Location!.IndexOf('?', StringComparison.Ordinal)..]).TryGetValue(name, out var value) ? value.Single() : null;
    }
}
