using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Pages;

/// <summary>The style sheet of the pages: embedded, and served under a name that changes with its content.</summary>
internal static class PageAssets
{
    private static readonly byte[] Style = Read();

    /// <summary>Where the style sheet is.</summary>
    public static string StyleUrl { get; } = $"/assets/{Convert.ToHexStringLower(SHA256.HashData(Style).AsSpan(0, 8))}.css";

    /// <summary>Maps the style sheet.</summary>
    public static void MapPageAssets(this IEndpointRouteBuilder endpoints) => endpoints.MapGet(StyleUrl, (HttpContext http) =>
    {
        http.Response.Headers[HeaderNames.CacheControl] = "public, max-age=31536000, immutable";
        return Results.Bytes(Style, "text/css; charset=utf-8");
    });

    private static byte[] Read()
    {
        using var resource = typeof(PageAssets).Assembly.GetManifestResourceStream("Keyholder.Server.Pages.keyholder.css")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
