using Keyholder.Resources;
using Microsoft.AspNetCore.Http.Features;

namespace Keyholder.Server.Gateway;

/// <summary>Which resource a request is for. The path has to be spelled exactly as in the resource URI: no other case, escapes, trailing or further segments.</summary>
internal static class ResourcePath
{
    private const string Prefix = "/mcp/";

    /// <summary>The resource, or null.</summary>
    public static Resource? Find(HttpContext context, ResourceSnapshot snapshot)
    {
        var path = context.Request.Path.Value;
        return path is not null && path.StartsWith(Prefix, StringComparison.Ordinal) && IsSpelledOut(context)
            ? snapshot.FindByName(path[Prefix.Length..])
            : null;
    }

    // The path is decoded; the target is what the client wrote.
    private static bool IsSpelledOut(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var written = query < 0 ? target : target[..query];
        var pathBase = context.Request.PathBase.Value.AsSpan();
        return written.StartsWith(pathBase, StringComparison.Ordinal) && written[pathBase.Length..].SequenceEqual(context.Request.Path.Value);
    }
}
