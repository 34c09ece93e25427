namespace DemoUpstream.Provider;

internal static class ProviderResults
{
    /// <summary>An error response of RFC 6749 section 5.2.</summary>
    public static IResult Error(int status, string error, string description) =>
        Results.Json(new { error, error_description = description }, statusCode: status);

    /// <summary>The form of the request, or null when there is none or a parameter is repeated (RFC 6749 section 3.2).</summary>
    public static async Task<IFormCollection?> ReadFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return null;
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        return form.Any(field => field.Value.Count > 1) ? null : form;
    }
}
