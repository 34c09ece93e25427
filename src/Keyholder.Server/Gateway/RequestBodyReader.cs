using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Keyholder.Server.Gateway;

/// <summary>Receives a request body of bounded size, whatever its announced length says.</summary>
internal static class RequestBodyReader
{
    private const int FirstBuffer = 4 * 1024;
    private const int LargestFirstBuffer = 64 * 1024;

    /// <summary>Reads the whole body.</summary>
    /// <returns>The body when the outcome is <see cref="BodyReadOutcome.Read"/>; the caller disposes it.</returns>
    public static async ValueTask<(BodyReadOutcome Outcome, RequestBody? Body)> ReadAsync(HttpContext context, long limit)
    {
        var request = context.Request;
        if (request.ContentLength > limit)
        {
            return (BodyReadOutcome.TooLarge, null);
        }

        // The server's own limit counts the framing of chunks as well; here the body counts.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(request.ContentLength ?? FirstBuffer, 1, LargestFirstBuffer));
        var length = 0;
        var reader = request.BodyReader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(context.RequestAborted);
                var received = result.Buffer;
                if (length + received.Length > limit)
                {
                    reader.AdvanceTo(received.End);
                    return Refuse(BodyReadOutcome.TooLarge);
                }

                Grow(ref buffer, length, (int)(length + received.Length));
                received.CopyTo(buffer.AsSpan(length));
                length += (int)received.Length;
                reader.AdvanceTo(received.End);
                if (result.IsCompleted)
                {
                    return (BodyReadOutcome.Read, new RequestBody(buffer, length));
                }
            }
        }
        catch (BadHttpRequestException refused)
        {
            return Refuse(refused.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => BodyReadOutcome.TooLarge,
                StatusCodes.Status408RequestTimeout => BodyReadOutcome.TimedOut,
                _ => BodyReadOutcome.Unreadable,
            });
        }
        catch (IOException)
        {
            return Refuse(BodyReadOutcome.Unreadable);
        }

        (BodyReadOutcome, RequestBody?) Refuse(BodyReadOutcome outcome)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return (outcome, null);
        }
    }

    private static void Grow(ref byte[] buffer, int used, int needed)
    {
        if (needed <= buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
