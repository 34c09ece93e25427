using System.Buffers;
using Keyholder.Clients;
using Keyholder.OAuth;
using Microsoft.Net.Http.Headers;

namespace Keyholder.Server.Endpoints;

/// <summary>Reads the body of a registration request.</summary>
internal static class ClientMetadataBody
{
    private static readonly OAuthError NotJson =
        OAuthErrors.InvalidRequest.Describe("The body must be application/json.") with { Status = StatusCodes.Status415UnsupportedMediaType };

    private static readonly OAuthError TooLarge =
        OAuthErrors.InvalidClientMetadata.Describe("The body is larger than 64 KiB.") with { Status = StatusCodes.Status413PayloadTooLarge };

    /// <summary>The whole body; refused for another media type (415), and when it is larger than <see cref="ClientRegistration.MaxBodyBytes"/> (413).</summary>
    public static async ValueTask<OAuthResult<byte[]>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media) || !media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return NotJson;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > ClientRegistration.MaxBodyBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return TooLarge;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
