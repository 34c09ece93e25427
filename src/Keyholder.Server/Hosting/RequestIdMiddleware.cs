using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Keyholder.OAuth;

namespace Keyholder.Server.Hosting;

/// <summary>Gives every request an id, in <see cref="HttpContext.TraceIdentifier"/> and the <c>X-Request-Id</c> answer header. A caller's own id is kept when it is 8 to 64 characters that are safe in a log.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    public const string HeaderName = "X-Request-Id";

    private static readonly byte[] Process = RandomNumberGenerator.GetBytes(6);
    private static readonly SearchValues<char> Safe = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static long _count;

    public Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[HeaderName];
        var id = given.Count == 1 && IsWellFormed(given[0]) ? given[0]! : New();
        context.TraceIdentifier = id;
        Stamp(context);
        return next(context);
    }

    /// <summary>Puts the id on an answer, also on one that was cleared and begun again.</summary>
    public static void Stamp(HttpContext context) => context.Response.Headers[HeaderName] = context.TraceIdentifier;

    private static bool IsWellFormed(string? id) => id is { Length: >= 8 and <= 64 } && !id.AsSpan().ContainsAnyExcept(Safe);

    // Unique, not secret: random for the process, counted within it.
    private static string New()
    {
        Span<byte> bytes = stackalloc byte[12];
        BinaryPrimitives.WriteInt64BigEndian(bytes[^sizeof(long)..], Interlocked.Increment(ref _count));
        Process.CopyTo(bytes);
        return Base64UrlText.Encode(bytes);
    }
}
